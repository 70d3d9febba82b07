import { createHash } from 'node:crypto';
import type { Clock } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { Ids, Random } from '../ids/ids.js';
import { add } from '../meters.js';
import type { PolicySettings, Rule } from '../policy/policy.js';
import type { TokenShelf } from '../providers/token-shelf.js';
import type { HttpPool } from '../providers/http/pool.js';
import type { Setting, SettingStore } from '../store/setting-store.js';
import { createTexts, type Texts } from './content/texts.js';
import { Lane } from './lane.js';
import type { ProviderList } from './provider-list.js';

export const POLICY = 'policy';
export const PROVIDER = 'provider.';
/** Desks kept; the one not used for longest is closed. */
const DESKS = 10_000;

/** What a tenant has set, ready for use. */
export interface TenantDesk {
  readonly policy: PolicySettings;
  readonly rules: readonly Rule[];
  readonly texts: Texts;
  /** By provider: those with credentials. */
  readonly lanes: ReadonlyMap<string, Lane>;
}

interface Kept {
  readonly desk: TenantDesk;
  readonly policyMark: string;
  readonly readAt: number;
}

export interface DeskTools {
  readonly settings: SettingStore;
  readonly factories: ProviderList;
  readonly http: HttpPool;
  readonly shelf: TokenShelf;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly events: Events;
  readonly settingsMs: number;
  readonly sendDeadlineMs: number;
}

/**
 * The tenants' settings: read when they are needed, and again when they are older than `settingsMs`. A lane lives until its credentials
 * change; then its provider is closed once its sends are answered.
 */
export class TenantDesks {
  private readonly kept = new Map<string, Kept>();
  private readonly reading = new Map<string, Promise<Kept>>();
  private readonly told = new Set<string>();

  constructor(private readonly tools: DeskTools) {}

  async of(tenant: string): Promise<TenantDesk> {
    const known = this.kept.get(tenant);
    if (known && this.tools.clock.elapsed() - known.readAt < this.tools.settingsMs) return known.desk;
    let reading = this.reading.get(tenant);
    if (!reading) {
      reading = this.read(tenant, known).finally(() => this.reading.delete(tenant));
      this.reading.set(tenant, reading);
    }
    return (await reading).desk;
  }

  /** Credentials in use, by provider and what their breaker does. Who has an open one is looked up again, lest it was mended since. */
  breakers(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [tenant, { desk }] of this.kept) {
      let open = false;
      for (const [name, { breaker }] of desk.lanes) {
        open ||= breaker.state !== 'closed';
        add(counts, `${name} ${breaker.state}`, 1);
      }
      // What fails here is found by whoever sends next.
      if (open) void this.of(tenant).catch(() => undefined);
    }
    return counts;
  }

  /** Its settings were changed here. */
  forget(tenant: string): void {
    const known = this.kept.get(tenant);
    if (known) this.kept.set(tenant, { ...known, readAt: -Infinity });
  }

  /** What it is made of was changed here. */
  forgetAll(): void {
    for (const tenant of this.kept.keys()) this.forget(tenant);
  }

  async close(): Promise<void> {
    const lanes = [...this.kept.values()].flatMap(({ desk }) => [...desk.lanes.values()]);
    this.kept.clear();
    await Promise.all(lanes.map((lane) => lane.close()));
  }

  private async read(tenant: string, known: Kept | undefined): Promise<Kept> {
    const { settings, clock } = this.tools;
    const [policies, providers] = await Promise.all([
      settings.get([{ tenant, name: POLICY }]),
      settings.list(tenant, PROVIDER),
    ]);
    const policySetting = policies[0];
    const policyMark = policySetting ? markOf(policySetting) : '';
    const lanes = this.lanesOf(tenant, providers, known?.desk.lanes ?? new Map<string, Lane>());
    let desk: TenantDesk;
    if (known?.policyMark === policyMark) desk = { ...known.desk, lanes };
    else {
      const policy = policySetting ? (JSON.parse(policySetting.value) as PolicySettings) : {};
      desk = { policy, rules: policy.rules ?? [], texts: createTexts(policy), lanes };
    }
    const kept: Kept = { desk, policyMark, readAt: clock.elapsed() };
    this.kept.delete(tenant);
    this.kept.set(tenant, kept);
    if (this.kept.size > DESKS) this.drop(this.kept.keys().next().value as string);
    return kept;
  }

  private lanesOf(tenant: string, settings: readonly Setting[], before: ReadonlyMap<string, Lane>): Map<string, Lane> {
    const lanes = new Map<string, Lane>();
    for (const setting of settings) {
      const name = setting.name.slice(PROVIDER.length);
      const old = before.get(name);
      if (old && old.mark === markOf(setting)) lanes.set(name, old);
      else {
        const lane = this.open(tenant, name, setting);
        if (lane) lanes.set(name, lane);
      }
    }
    for (const [name, lane] of before) if (lanes.get(name) !== lane) void lane.close();
    return lanes;
  }

  private open(tenant: string, name: string, setting: Setting): Lane | undefined {
    const { factories, http, shelf, clock, random, ids, events, sendDeadlineMs } = this.tools;
    const factory = factories.get(name);
    if (!factory)
      return this.trouble(tenant, name, new Error('credentials are stored, but this provider is not built in'));
    try {
      const credentials = factory.parse(JSON.parse(setting.value));
      const provider = factory.create(credentials, {
        tenant,
        http,
        shelf,
        clock,
        random,
        ids,
        deadlineMs: sendDeadlineMs,
      });
      return new Lane(
        factory,
        provider,
        markOf(setting),
        clock,
        random,
        {
          breaker: (state, reason) => events.emit('provider', { tenant, provider: name, state, reason }),
          massInvalid: (kept) =>
            events.emit('provider', {
              tenant,
              provider: name,
              state: 'quarantine',
              reason: `${kept} tokens called dead are kept`,
            }),
        },
        sendDeadlineMs,
      );
    } catch (error) {
      return this.trouble(tenant, name, error);
    }
  }

  /** Said once for each version of the credentials; the tenant's other providers go on. */
  private trouble(tenant: string, provider: string, error: unknown): undefined {
    const key = `${tenant} ${provider}`;
    if (!this.told.has(key))
      this.tools.events.emit('trouble', { during: `use of ${provider} of tenant ${tenant}`, error });
    this.told.add(key);
    return undefined;
  }

  private drop(tenant: string): void {
    const kept = this.kept.get(tenant);
    this.kept.delete(tenant);
    for (const lane of kept?.desk.lanes.values() ?? []) void lane.close();
  }
}

/** Of one state of a setting: one that is removed and put again begins to count anew. */
const markOf = ({ version, updatedAt }: Setting): string => `${version} ${updatedAt}`;

/** Tells credentials apart without showing them. */
export const fingerprintOf = (value: string): string =>
  createHash('sha256').update('credentials ').update(value).digest('base64url').slice(0, 12);
