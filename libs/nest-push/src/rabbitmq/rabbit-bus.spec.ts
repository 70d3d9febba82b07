import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Hint } from 'push-core';
import { randomUUID } from 'node:crypto';
import { BrokerSite, until } from './broker.fixture.js';
import { hintNames } from './names.js';
import type { AssembledRabbit } from './assembled-rabbit.js';

const NOBODY = 'amqp://ann:secret@127.0.0.1:1';
const head = (n: number): Hint => ({ kind: 'head', tenant: 't', stream: 'news', head: n });
const heads = (heard: readonly Hint[]): number[] => heard.flatMap((hint) => (hint.kind === 'head' ? [hint.head] : []));
const outcome = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'opened',
    (error: unknown) => String(error),
  );

describe('the bus', () => {
  let site: BrokerSite;
  beforeEach(async () => void (site = await BrokerSite.open()));
  afterEach(() => site.close());

  const opened = async (name: string): Promise<{ node: AssembledRabbit; heard: Hint[] }> => {
    const node = site.node();
    const heard: Hint[] = [];
    node.bus.onHints((hints) => void heard.push(...hints));
    await node.bus.open(name);
    return { node, heard };
  };
  /** Sends until something arrives: a bus may lose. */
  const carries = async (from: AssembledRabbit, to: { node: AssembledRabbit; heard: Hint[] }): Promise<void> => {
    const before = to.heard.length;
    await until(to.node, async () => {
      await from.bus.broadcast([head(1)]);
      return to.heard.length > before;
    });
  };

  describe('at its start', () => {
    it('degraded, opens at once and goes on looking for the broker', async () => {
      const node = site.node({ url: NOBODY, startup: 'degraded' });
      await node.bus.open('a');
      await until(node, () => node.session.isWaiting);
      expect(node.bus.status().state).toBe('down');
      expect(node.bus.status().reason).toMatch(/^amqp:\/\/ann@127\.0\.0\.1:1\/: connect ECONNREFUSED/);
      await node.bus.broadcast([head(1), head(2)]);
      expect(node.status().hints).toMatchObject({ sent: 0, dropped: 2 });
    });

    it('wait, rejects with the reason when the time is over', async () => {
      const node = site.node({ url: NOBODY, startup: 'wait', startupTimeoutMs: 200 });
      const said = await outcome(node.bus.open('a'));
      expect(said).toMatch(/amqp:\/\/ann@127\.0\.0\.1:1\/: connect ECONNREFUSED/);
      expect(said).not.toContain('secret');
      expect(await outcome(node.bus.open('a'))).toMatch(/closed/);
    });

    it('wait, does not go on waiting once it is closed', async () => {
      const node = site.node({ url: NOBODY, startup: 'wait', startupTimeoutMs: 3_600_000 });
      const opening = outcome(node.bus.open('a'));
      await until(node, () => node.session.isWaiting);
      await node.close();
      expect(await opening).toMatch(/closed/);
    });

    it('fail, rejects with the first attempt, and not before a good one', async () => {
      const node = site.node({ url: NOBODY, startup: 'fail' });
      expect(await outcome(node.bus.open('a'))).toMatch(/ECONNREFUSED/);
      expect(await outcome(site.node({ startup: 'fail' }).bus.open('a'))).toBe('opened');
    });

    it('fail, also hears that what it needs exists otherwise', async () => {
      const { all } = hintNames(site.prefix);
      await site.amqpChannel.assertExchange(all, 'topic');
      for (const startup of ['fail', 'wait'] as const) {
        const node = site.node({ startup, startupTimeoutMs: 300 });
        expect(await outcome(node.bus.open('a'))).toContain(`Exchange "${all}" exists with other arguments`);
      }
    });

    it('fail, on a connection that is up already, waits for its own part', async () => {
      const node = site.node({ startup: 'fail' });
      site.work('jobs');
      await node.queue.put('jobs', [{ body: Buffer.from('a') }]);
      expect(await outcome(node.bus.open('a'))).toBe('opened');
      expect(site.connectionsOf(node).length).toBe(1);
    });
  });

  it('carries again after either connection was cut, over one connection each', async () => {
    const [a, b] = [await opened('a'), await opened('b')];
    for (const node of [a.node, b.node, a.node]) {
      site.cut(node);
      await carries(a.node, b);
      await carries(b.node, a);
    }
    expect([site.connectionsOf(a.node).length, site.connectionsOf(b.node).length]).toEqual([3, 2]);
    const queues = new Set([...b.heard, ...a.heard].map(({ kind }) => kind));
    expect(queues).toEqual(new Set(['head']));
  });

  it('carries again after somebody deleted its exchanges', async () => {
    const [a, b] = [await opened('a'), await opened('b')];
    const { all, node } = hintNames(site.prefix);
    for (const name of [all, node]) await site.amqpChannel.deleteExchange(name);
    await carries(a.node, b);
    await until(a.node, async () => {
      const before = b.heard.length;
      await a.node.bus.send('b', [head(9)]);
      await a.node.bus.settled();
      await b.node.bus.roundTrip();
      return b.heard.length > before;
    });
  });

  it('hears again when the broker has lost its consumer without a word', async () => {
    const [a, b] = [await opened('a'), await opened('b')];
    const inbox = (b.node.bus as unknown as { inbox: { lane: typeof a.node.bus.publisher.lane; consumerTag: string } })
      .inbox;
    await inbox.lane.opening?.amqpChannel.cancel(inbox.consumerTag);
    await carries(a.node, b);
    expect(b.node.status()).toMatchObject({ state: 'up', consumers: { wanted: 1, actual: 1 } });
  });

  it('passes over what it does not understand, and goes on', async () => {
    const { node, heard } = await opened('a');
    const { all } = hintNames(site.prefix);
    const garbage = ['', 'null', '{"kind":"head"}', '[{"kind":"weather"},null,7]', '[{"kind":"head","tenant":7}]'];
    for (const text of garbage) site.amqpChannel.publish(all, '', Buffer.from(text));
    site.amqpChannel.publish(all, '', Buffer.from([0xff, 0x00, 0xfe]), { type: 'push.probe', headers: { x: 1 } });
    site.amqpChannel.publish(all, '', Buffer.from(JSON.stringify([{ kind: 'later' }, head(3)])));
    await until(node, () => heard.length > 0);
    expect([heads(heard), node.status().hints]).toEqual([[3], expect.objectContaining({ received: 1, ignored: 9 })]);
    expect(node.status().state).toBe('up');
  });

  it('is not stopped by a receiver that fails', async () => {
    const [a, b] = [await opened('a'), await opened('b')];
    b.node.bus.onHints(() => {
      throw new Error('a bug');
    });
    await carries(a.node, b);
    await carries(a.node, b);
    expect(b.node.status().state).toBe('up');
  });

  it('is silent from the moment it closes, and sends before what it was given', async () => {
    const [a, b] = [await opened('a'), await opened('b')];
    await a.node.bus.broadcast([head(1), head(2)]);
    await a.node.bus.close();
    await b.node.bus.roundTrip();
    expect(heads(b.heard)).toEqual([1, 2]);
    await b.node.bus.broadcast([head(3)]);
    await b.node.bus.settled();
    expect([a.heard, a.node.status().state, a.node.bus.status()]).toEqual([
      [],
      'down',
      { state: 'down', reason: 'closed' },
    ]);
  });

  it('tells its status as it changes, each once', async () => {
    const node = site.node();
    const told: string[] = [];
    node.onChange(({ state, reason = '' }) => told.push(`${state} ${reason.replace(/^amqp:\S+ /, '')}`));
    await node.bus.open('a');
    const [connection] = site.connectionsOf(node);
    connection?.emit('blocked', 'low on disk');
    connection?.emit('unblocked');
    site.cut(node);
    await until(node, () => !node.session.isUp);
    await until(node, () => node.status().state === 'up');
    await node.close();
    expect(told).toEqual([
      'down connecting',
      'up ',
      'blocked broker blocked: low on disk',
      'up ',
      'down cut by the test',
      'up ',
      'down not in use',
      'down closed',
    ]);
  });

  it('leaves nothing behind: no timer, no socket, no listener', async () => {
    const timers = new TimerCensus();
    const census = (): string[] => process.getActiveResourcesInfo().sort();
    const before = census();
    for (const url of [undefined, NOBODY]) {
      const node = site.node({ startup: 'degraded', ...(url ? { url } : {}) });
      site.work('jobs');
      node.queue.consume('jobs', { inHand: 1 }, async () => ({ kind: 'done' }));
      await node.bus.open(randomUUID());
      await until(node, () => (url ? node.session.isWaiting : node.status().consumers.actual === 2));
      await node.bus.broadcast([head(1)]);
      await node.close();
    }
    const left = timers.stop();
    await until(site.node(), () => census().length <= before.length);
    expect([census(), left]).toEqual([before, []]);
  });
});

/** Timers that were set and neither ran nor were cleared, the ones that keep no process alive among them. */
class TimerCensus {
  private readonly own = { setTimeout, setInterval, clearTimeout, clearInterval };
  private readonly set = new Map<unknown, string>();

  constructor() {
    const { own, set } = this;
    const where = (): string => String(new Error('set').stack);
    globalThis.setTimeout = ((run: () => void, ms?: number) => {
      const timer = own.setTimeout(() => {
        set.delete(timer);
        run();
      }, ms);
      set.set(timer, where());
      return timer;
    }) as typeof setTimeout;
    globalThis.setInterval = (run: () => void, ms?: number) => {
      const timer = own.setInterval(run, ms);
      set.set(timer, where());
      return timer;
    };
    const clear = (timer: unknown): void => {
      set.delete(timer);
      own.clearTimeout(timer as NodeJS.Timeout);
    };
    globalThis.clearTimeout = clear;
    globalThis.clearInterval = clear;
  }

  stop(): string[] {
    Object.assign(globalThis, this.own);
    return [...this.set.values()];
  }
}
