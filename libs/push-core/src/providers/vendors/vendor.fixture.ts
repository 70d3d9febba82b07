import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import { createIds, systemRandom } from '../../ids/ids.js';
import type { Composed } from '../../offline/composed.js';
import {
  FakeHarmony,
  FakeHms,
  FakeHonor,
  FakeMeizu,
  FakeOppo,
  FakeVivo,
  FakeXiaomi,
  type FakeVendor,
} from '../../testing/fakes/vendors/index.js';
import { createHttpPool } from '../http/create-pool.js';
import { createEgressGuard } from '../http/egress-guard.js';
import type { Provider, ProviderFactory, SendRequest } from '../provider.js';
import type { Making, ShelfItem, TokenShelf } from '../token-shelf.js';
import { harmony, hms, honor, meizu, oppo, vivo, xiaomi } from './index.js';

export const VENDORS = { hms, harmony, honor, xiaomi, oppo, vivo, meizu } satisfies Record<string, ProviderFactory>;
export type VendorName = keyof typeof VENDORS;
export const NAMES = Object.keys(VENDORS) as VendorName[];

type Now = () => number;
const FAKES: Record<VendorName, (now: Now) => Promise<FakeVendor>> = {
  hms: (now) => FakeHms.listen({ now }),
  harmony: (now) => FakeHarmony.listen({ now }),
  honor: (now) => FakeHonor.listen({ now }),
  xiaomi: (now) => FakeXiaomi.listen({ now }),
  oppo: (now) => FakeOppo.listen({ now }),
  vivo: (now) => FakeVivo.listen({ now }),
  meizu: (now) => FakeMeizu.listen({ now }),
};

/** Real time, moved on by hand: what lasts for hours is old in no time, and sockets do not notice. */
export class MovedClock implements Clock {
  private ahead = 0;
  now = (): number => systemClock.now() + this.ahead;
  elapsed = (): number => systemClock.elapsed() + this.ahead;
  after = systemClock.after.bind(systemClock);
  soon = systemClock.soon.bind(systemClock);
  move(ms: number): void {
    this.ahead += ms;
  }
}

/** One process's shelf, without a store. */
class OneShelf implements TokenShelf {
  private readonly items = new Map<string, Promise<ShelfItem>>();
  constructor(private readonly clock: Clock) {}

  async get(tenant: string, name: string, making: Making): Promise<ShelfItem> {
    const key = `${tenant} ${name}`;
    const item = await this.items.get(key);
    const now = this.clock.now();
    if (item && now < item.expiresAt && now - item.madeAt < making.refreshAfterMs) return item;
    const again = this.items.get(key);
    if (again && (await again) !== item) return again;
    const made = making.make().then((fresh) => ({ ...fresh, madeAt: now }));
    this.items.set(key, made);
    made.catch(() => this.items.delete(key));
    return made;
  }

  async refuse(tenant: string, name: string, item: ShelfItem): Promise<void> {
    const key = `${tenant} ${name}`;
    if ((await this.items.get(key)) === item) this.items.delete(key);
  }
}

export interface Bench {
  readonly fake: FakeVendor;
  readonly clock: MovedClock;
  readonly provider: Provider;
  /** Another with these fields in place of the right ones. */
  withCredentials(changes: Readonly<Record<string, string>>, deadlineMs?: number, shelf?: TokenShelf): Provider;
  close(): Promise<void>;
}

/** A vendor's provider over the real pool, and its fake at the other end of a socket. */
export async function bench(name: VendorName, deadlineMs = 5000, given?: FakeVendor): Promise<Bench> {
  const clock = new MovedClock();
  const fake = given ?? (await FAKES[name](clock.now));
  const guard = createEgressGuard({ allow: [`localhost:${new URL(fake.url).port}`, 'localhost:1'] });
  const http = createHttpPool({ clock, random: systemRandom, guard });
  const providers: Provider[] = [];
  const withCredentials: Bench['withCredentials'] = (changes, within = deadlineMs, shelf = new OneShelf(clock)) => {
    const credentials = VENDORS[name].parse({ ...fake.credentials, ...changes });
    const tools = { tenant: 't1', http, shelf, clock, random: systemRandom, ids: createIds(), deadlineMs: within };
    const provider = VENDORS[name].create(credentials, tools);
    providers.push(provider);
    return provider;
  };
  return {
    fake,
    clock,
    provider: withCredentials({}),
    withCredentials,
    async close() {
      await fake.close();
      await Promise.all(providers.map((provider) => provider.close()));
      await http.close();
    },
  };
}

let count = 0;

export function composed(changes: Partial<Composed> = {}): Composed {
  return {
    id: `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    messageId: 'm1',
    title: 'Ann',
    body: 'Hello',
    messageClass: 'im',
    thread: 'room-7',
    collapseKey: 'room-7',
    priority: 'high',
    expiresAt: systemClock.now() + 3600_000,
    data: { id: 'm1', stream: '@me', seq: '4', type: 'chat.message' },
    mutable: false,
    ...changes,
  };
}

export function request(token: string, changes: Partial<Composed> = {}): SendRequest {
  const address = {
    tenant: 't1',
    user: `user of ${token}`,
    device: `device of ${token}`,
    platform: 'android',
    token: { provider: 'any', token },
    registeredAt: 0,
  };
  return { address, notification: composed(changes) };
}
