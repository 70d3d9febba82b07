import type { Bus, HeadHint, Hint } from '../../cluster/bus.js';
import type { SuiteRunner } from './suite-runner.js';

/** Two nodes of one cluster that hear each other: both are open. */
export interface BusPair {
  readonly a: Bus;
  readonly b: Bus;
  /** The names they were opened under. */
  readonly names: { readonly a: string; readonly b: string };
  /**
   * Resolves when what was broadcast before has arrived wherever it will, as far as that can be known. The suite
   * repeats a broadcast that got lost; it never waits for a time of its own.
   */
  flush(): Promise<void>;
  destroy(): Promise<void>;
}

const ATTEMPTS = 100;
const hint = (head: number, stream = 'room'): HeadHint => ({ kind: 'head', tenant: 't', stream, head });

const ODD = { tenant: "o'%", user: 'ü👍"', stream: '@ü👍"' };
/** One of each kind that is not a head, with every field it can have. */
const OTHERS: readonly Hint[] = [
  {
    kind: 'signal',
    tenant: ODD.tenant,
    targets: [
      { stream: 'room', filter: { exceptUsers: [ODD.user], exceptDevices: [{ user: 'u', device: 'd' }] } },
      { stream: ODD.stream, filter: { only: ['d1', 'd"2'] } },
      { stream: '@' },
    ],
    frame: '{"op":"signal","type":"typing","data":{"text":"\\n \u2028 👍"}}',
  },
  { kind: 'recall', tenant: ODD.tenant, id: 'm1', places: [{ stream: ODD.stream, epoch: 'e1', seq: 2 ** 40 }] },
  {
    kind: 'read',
    mark: { ...ODD, thread: 'room-7', position: { epoch: 'e1', seq: 4 }, at: 1_760_000_000_000 },
    unread: 3,
  },
  { kind: 'subscriptions', tenant: ODD.tenant, users: [ODD.user, 'u2'] },
  { kind: 'revoked', tenant: ODD.tenant, user: ODD.user, at: 1_760_000_000_001 },
  { kind: 'arrived', tenant: ODD.tenant, user: ODD.user, device: "d'1", connection: 'c1', at: 1_760_000_000_002 },
  { kind: 'tenant', tenant: ODD.tenant },
  { kind: 'acked', tenant: ODD.tenant, user: ODD.user, device: "d'1", stream: ODD.stream, epoch: 'e1', seq: 2 ** 40 },
  {
    kind: 'entry',
    tenant: ODD.tenant,
    epoch: 'e1',
    at: 1_760_000_000_002,
    expiresAt: 1_760_000_000_003,
    tail: ',"id":"m1","type":"chat","data":{"text":"\\n \u2028 👍"},"at":1760000000002}',
    places: [
      { stream: ODD.stream, seq: 2 ** 40 },
      { stream: 'room', seq: 1, filter: { exceptUsers: [ODD.user], exceptDevices: [{ user: 'u', device: 'd' }] } },
      { stream: '@u', seq: 2, filter: { only: ['d1', 'd"2'] } },
    ],
  },
  { kind: 'work', work: 'fan-out' },
];

/** Every promise of the bus contract, as tests. */
export function busConformance(runner: SuiteRunner, makePair: () => Promise<BusPair>): void {
  const { describe, it, beforeEach, afterEach, expect } = runner;

  describe('bus conformance', () => {
    let pair: BusPair;
    beforeEach(async () => void (pair = await makePair()));
    afterEach(() => pair.destroy());

    /** Sends until `to` has heard something: a bus may lose. */
    const untilHeard = async (heard: Hint[], carry: () => Promise<void>) => {
      for (let attempt = 0; heard.length === 0 && attempt < ATTEMPTS; attempt++) {
        await carry();
        await pair.flush();
      }
    };
    const broadcastUntilHeard = (from: Bus, heard: Hint[], hints: readonly Hint[]) =>
      untilHeard(heard, () => from.broadcast(hints));
    const listen = (bus: Bus) => {
      const heard: Hint[] = [];
      return { heard, stop: bus.onHints((hints) => void heard.push(...hints)) };
    };

    it('carries hints to the other node, in both directions, as they were given', async () => {
      const [atA, atB] = [listen(pair.a), listen(pair.b)];
      const hints = [hint(1), hint(2 ** 40, '@ü👍"'), { ...hint(7), tenant: "o'%" }];
      await broadcastUntilHeard(pair.a, atB.heard, hints);
      expect(atB.heard.slice(0, 3)).toEqual(hints);
      await broadcastUntilHeard(pair.b, atA.heard, [hint(9)]);
      expect(atA.heard[0]).toEqual(hint(9));
    });

    it('tells the sender nothing of its own', async () => {
      const [atA, atB] = [listen(pair.a), listen(pair.b)];
      await broadcastUntilHeard(pair.a, atB.heard, [hint(1)]);
      expect([atA.heard.length, atB.heard.length > 0]).toEqual([0, true]);
    });

    for (const other of OTHERS) {
      it(`carries ${other.kind} hints as they were given`, async () => {
        const { heard } = listen(pair.b);
        await broadcastUntilHeard(pair.a, heard, [other]);
        expect(heard[0]).toEqual(other);
      });
    }

    it('carries hints of every kind together', async () => {
      const { heard } = listen(pair.b);
      const hints = [hint(1), ...OTHERS, hint(2)];
      await broadcastUntilHeard(pair.a, heard, hints);
      expect(heard.slice(0, hints.length)).toEqual(hints);
    });

    it('sends to one node what nobody else hears', async () => {
      const [atA, atB] = [listen(pair.a), listen(pair.b)];
      const hints = [hint(1), ...OTHERS];
      await untilHeard(atB.heard, () => pair.a.send(pair.names.b, hints));
      expect(atB.heard.slice(0, hints.length)).toEqual(hints);
      expect(atA.heard).toEqual([]);
    });

    it('drops what is sent to a node that is not there, and to the sender itself', async () => {
      const [atA, atB] = [listen(pair.a), listen(pair.b)];
      await pair.a.send(`${pair.names.b}-gone`, [hint(1)]);
      await pair.a.send(pair.names.a, [hint(2)]);
      await untilHeard(atB.heard, () => pair.a.send(pair.names.b, [hint(3)]));
      expect(atB.heard[0]).toEqual(hint(3));
      expect(atA.heard).toEqual([]);
    });

    it('reaches every subscription of a node, and none that has ended', async () => {
      const [first, second, ended] = [listen(pair.b), listen(pair.b), listen(pair.b)];
      ended.stop();
      await broadcastUntilHeard(pair.a, second.heard, [hint(1)]);
      expect([first.heard.length > 0, second.heard.length > 0, ended.heard.length]).toEqual([true, true, 0]);
      ended.stop();
    });

    it('takes an empty broadcast, and a large one', async () => {
      const { heard } = listen(pair.b);
      await pair.a.broadcast([]);
      await pair.a.send(pair.names.b, []);
      const many = Array.from({ length: 2000 }, (_, i) => hint(i + 1, `topic-${i}`));
      await broadcastUntilHeard(pair.a, heard, many);
      expect(heard.at(-1)).toEqual(many.at(-1));
    });

    it('brings nothing after close, and drops what is broadcast then', async () => {
      const [atA, atB] = [listen(pair.a), listen(pair.b)];
      await pair.b.close();
      await pair.a.broadcast([hint(1)]);
      await pair.a.send(pair.names.b, [hint(1)]);
      await pair.b.broadcast([hint(2)]);
      await pair.b.send(pair.names.a, [hint(2)]);
      await pair.flush();
      expect([atA.heard, atB.heard]).toEqual([[], []]);
      await pair.b.close();
    });

    it('says that it is up, and that it is down once it is closed', async () => {
      expect([pair.a.status().state, pair.b.status().state]).toEqual(['up', 'up']);
      await pair.b.close();
      expect([pair.a.status().state, pair.b.status().state]).toEqual(['up', 'down']);
    });
  });
}
