import { createPush } from '../../create-push.js';
import type { PublishInput } from '../../model/publish-input.js';
import { streamNamed } from '../../model/stream.js';
import type { Authenticator, Identity } from '../../online/authenticator.js';
import type { Limits, Retention } from '../../options.js';
import type { Push } from '../../push.js';
import { createMemoryStore, type MemoryStore } from '../../store/memory/memory-store.js';
import type { StreamName } from '../../wire.js';
import type { SuiteRunner } from './suite-runner.js';
import { ForwardClock } from './transport-clock.js';
import { TransportDevice } from './transport-device.js';
import type { ConnectOptions, TransportHarness, TransportSite, TransportTraits } from './transport-harness.js';
import { until } from './transport-patience.js';
import { watched, type WatchedLink } from './transport-watch.js';

export const TENANT = 't';

export interface WorldOptions {
  readonly limits?: Partial<Limits>;
  readonly retention?: Partial<Retention>;
}

export interface Visit extends Partial<ConnectOptions> {
  readonly tenant?: string;
}

/** One test's engine and the transport on it. */
export class TransportWorld {
  readonly links: readonly WatchedLink[];
  readonly expect: SuiteRunner['expect'];
  readonly traits: TransportTraits;

  private constructor(
    readonly push: Push,
    readonly store: MemoryStore,
    readonly clock: ForwardClock,
    private readonly site: TransportSite,
    seen: readonly WatchedLink[],
    { traits }: TransportHarness,
    { expect }: SuiteRunner,
    private readonly patienceMs: number,
  ) {
    this.links = seen;
    this.traits = traits;
    this.expect = expect;
  }

  static async open(
    harness: TransportHarness,
    runner: SuiteRunner,
    patienceMs: number,
    { limits, retention }: WorldOptions = {},
  ): Promise<TransportWorld> {
    const clock = new ForwardClock();
    const store = createMemoryStore();
    const engine = createPush({
      store,
      clock,
      authenticator: readableTokens(clock),
      limits: { cursorFlushMs: 20, drainSpreadMs: 2000, ...limits },
      retention,
    });
    await engine.start();
    const { push, links } = watched(engine);
    const site = await harness.open(push);
    return new TransportWorld(engine, store, clock, site, links, harness, runner, patienceMs);
  }

  async close(): Promise<void> {
    await this.push.close();
    await this.site.close();
  }

  /** Good in this world only. It says who and until when, and was issued now. */
  token(user: string, more: Partial<Identity> = {}): string {
    const identity: Identity = { tenant: TENANT, user, issuedAt: this.clock.now(), ...more };
    return Buffer.from(JSON.stringify(identity)).toString('base64url');
  }

  /** A client that asks to come in; what becomes of it is not waited for. */
  async attempt(user: string, { tenant = TENANT, ...visit }: Visit = {}): Promise<TransportDevice> {
    const options = { token: this.token(user, { tenant }), device: 'd1', ...visit };
    return new TransportDevice(await this.site.connect(options), this.traits, this.patienceMs);
  }

  /** A client that is in. */
  async connect(user: string, visit: Visit = {}): Promise<TransportDevice> {
    let isIn = false;
    const stop = this.push.on('connected', (event) => {
      if (event.user === user && event.device === (visit.device ?? 'd1')) isIn = true;
    });
    try {
      const device = await this.attempt(user, visit);
      await device.until(`${user} to be let in`, () => isIn || device.ending !== undefined);
      if (!isIn) throw new Error(`${user} was refused: ${JSON.stringify(device.ending)}`);
      return device;
    } finally {
      stop();
    }
  }

  /** To the user's own stream, one after the other; their ids. */
  async publish(user: string, ...data: unknown[]): Promise<string[]> {
    const ids: string[] = [];
    for (const one of data) ids.push(await this.send({ to: { users: [user] }, type: 'test', data: one }));
    return ids;
  }

  async send(input: PublishInput, tenant = TENANT): Promise<string> {
    return (await this.push.publish(tenant, input)).id;
  }

  /** The device's cursor, as the store has it. */
  async cursor(user: string, s: StreamName = '@me', device = 'd1'): Promise<number | undefined> {
    const [cursors] = await this.store.cursors.load([{ tenant: TENANT, user, device }]);
    return cursors?.get(streamNamed(s, user))?.seq;
  }

  /** Everything acknowledged so far has reached the store. */
  signed(user: string, seq: number, s: StreamName = '@me', device = 'd1'): Promise<void> {
    return this.until(`${user}'s cursor on ${s} at ${seq}`, async () => (await this.cursor(user, s, device)) === seq);
  }

  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    return until(what, holds, this.patienceMs);
  }
}

/** A token is the identity itself, readable: nobody outside this world is to believe it. */
function readableTokens(clock: ForwardClock): Authenticator {
  return {
    authenticate: async (token) => {
      try {
        const identity = JSON.parse(Buffer.from(token, 'base64url').toString()) as Identity;
        if ((identity.expiresAt ?? Infinity) <= clock.now()) return { kind: 'expired' };
        return { kind: 'valid', identity };
      } catch {
        return { kind: 'invalid' };
      }
    },
  };
}
