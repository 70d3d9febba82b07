import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import type { Rabbit } from 'nest-push/rabbitmq';
import type { Hint } from 'push-core';
import type { Direction } from '../support/chaos-proxy.js';
import { eventually } from '../support/eventually.js';
import { ProxiedBroker } from './support/proxied-broker.js';

const PATIENCE_MS = 120_000;
const HEARTBEAT_MS = 1_000;
const head = (n: number, stream = 'news'): Hint => ({ kind: 'head', tenant: 't', stream, head: n });
const work = (text: string) => ({ body: Buffer.from(text) });

/** How a promise ended, and after how long. */
async function ended(promise: Promise<unknown>): Promise<{ said: string; afterMs: number }> {
  const begun = performance.now();
  const said = await promise.then(
    () => 'done',
    (error: { code?: string; retryable?: boolean; message: string }) =>
      `${error.code} ${error.retryable} ${error.message}`,
  );
  return { said, afterMs: performance.now() - begun };
}

describe('a node whose way to the broker breaks', () => {
  let broker: ProxiedBroker;
  beforeEach(async () => void (broker = await ProxiedBroker.open()));
  afterEach(() => broker.close());

  /** Open, with one consumer that finishes everything. */
  const atWork = async (settings = {}): Promise<{ node: Rabbit; done: string[] }> => {
    const node = broker.node(settings);
    const done: string[] = [];
    node.queue.consume('jobs', { inHand: 10 }, async ({ body }) => {
      done.push(Buffer.from(body).toString());
      return { kind: 'done' };
    });
    await node.bus.open('near');
    await broker.whole(node);
    return { node, done };
  };
  const expectWhole = async ({ node, done }: { node: Rabbit; done: string[] }): Promise<void> => {
    await broker.whole(node);
    await node.queue.put('jobs', [work('after')]);
    await eventually(() => done.includes('after'));
    expect(broker.sockets()).toBe(1);
  };

  it(
    'is whole again after each of several cuts, with one connection and one consumer',
    async () => {
      const site = await atWork();
      for (let cut = 0; cut < 3; cut++) {
        await broker.proxy.kill();
        await eventually(() => site.node.status().state === 'down');
        await broker.proxy.listen();
        await expectWhole(site);
      }
    },
    PATIENCE_MS,
  );

  it(
    'is whole in the end when it is cut at every stage of connecting and declaring',
    async () => {
      broker.proxy.set({ latencyMs: 2 });
      const site = await atWork();
      for (let stage = 0; stage < 8; stage++) {
        await broker.proxy.kill();
        await broker.proxy.listen();
        await eventually(() => broker.proxy.connections === 1, PATIENCE_MS);
        for (let turns = 0; turns < stage * 15; turns++) await turn();
      }
      await expectWhole(site);
    },
    PATIENCE_MS,
  );

  it.each<[string, Direction[]]>([
    ['both ways', ['up', 'down']],
    ['towards the broker', ['up']],
    ['from the broker', ['down']],
  ])(
    'notices silence %s by its deadline and its heartbeat, and comes back',
    async (_, directions) => {
      const site = await atWork({ confirmTimeoutMs: 500 });
      broker.proxy.blackHole(directions);
      const silentSince = performance.now();
      const put = ended(site.node.queue.put('jobs', [work('lost')]));
      const { said, afterMs } = await put;
      expect(said).toMatch(/^BROKER_UNAVAILABLE true/);
      expect(afterMs).toBeGreaterThan(490);
      expect(afterMs).toBeLessThan(5_000);
      expect(site.node.status()).toMatchObject({ state: 'blocked', reason: 'the broker does not answer' });
      await eventually(() => site.node.status().state === 'down', PATIENCE_MS);
      // Ten times what is promised, for a machine that is busy with other things.
      expect(performance.now() - silentSince).toBeLessThan(10 * 3 * HEARTBEAT_MS);
      await expectWhole(site);
    },
    PATIENCE_MS,
  );

  it(
    'has never more than its window unconfirmed, whatever its callers gave up on',
    async () => {
      const node = broker.node({ window: 20, confirmTimeoutMs: 300, heartbeatSeconds: 60 });
      await node.queue.put('jobs', [work('first')]);
      broker.proxy.blackHole(['down']);
      const puts = Array.from({ length: 200 }, (_, i) => ended(node.queue.put('jobs', [work(String(i))])));
      for (const { said } of await Promise.all(puts)) expect(said).toMatch(/^BROKER_UNAVAILABLE true/);
      await ended(
        node.queue.put(
          'jobs',
          Array.from({ length: 100 }, (_, i) => work(String(i))),
        ),
      );
      expect((await broker.count('jobs')).messages).toBe(21);
    },
    PATIENCE_MS,
  );

  it(
    'tells every one of many callers in time, and those that are too many at once',
    async () => {
      const node = broker.node({ window: 10, confirmTimeoutMs: 1_000 });
      await node.queue.put('jobs', [work('first')]);
      await broker.proxy.kill();
      await eventually(() => node.status().state === 'down');
      const all = await Promise.all(Array.from({ length: 6_000 }, () => ended(node.queue.put('jobs', [work('x')]))));
      for (const { said } of all) expect(said).toMatch(/^BROKER_UNAVAILABLE true/);
      expect(Math.max(...all.map(({ afterMs }) => afterMs))).toBeLessThan(10_000);
      await broker.proxy.listen();
      await eventually(async () => (await ended(node.queue.put('jobs', [work('y')]))).said === 'done', PATIENCE_MS);
    },
    PATIENCE_MS,
  );

  it.each(['away', 'hung'])(
    'keeps its memory while the broker is %s and 100,000 hints are sent',
    async (state) => {
      const far = broker.node();
      const heard: Hint[] = [];
      far.bus.onHints((hints) => void heard.push(...hints));
      await far.bus.open('far');
      const { node } = await atWork({ heartbeatSeconds: 60 });
      if (state === 'away') await broker.proxy.kill();
      else broker.proxy.blackHole();
      if (state === 'away') await eventually(() => node.status().state === 'down');
      const bytes = (): number => {
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      const before = bytes();
      // 200 MB, were they kept.
      for (let n = 0; n < 100_000; n++) {
        const hint = head(n, `${n}-${'x'.repeat(2_000)}`);
        void (n % 2 === 0 ? node.bus.broadcast([hint]) : node.bus.send(`node ${n % 50}`, [hint]));
        if (n % 1_000 === 0) await turn();
      }
      expect((bytes() - before) / 1e6).toBeLessThan(90);
      const { sent, dropped } = node.status().hints;
      expect(sent + dropped).toBeGreaterThan(50_000);
      expect(dropped).toBeGreaterThan(50_000);
      if (state === 'hung') await broker.proxy.kill();
      await broker.proxy.listen();
      await eventually(async () => {
        await node.bus.send('far', [head(1)]);
        return heard.length > 0;
      }, PATIENCE_MS);
    },
    PATIENCE_MS,
  );

  it(
    'lets the process end when it closes on a broker that hangs',
    async () => {
      const { node } = await atWork({ heartbeatSeconds: 60, confirmTimeoutMs: 500 });
      broker.proxy.blackHole();
      const { said, afterMs } = await ended(node.close());
      expect(said).toBe('done');
      expect(afterMs).toBeLessThan(15_000);
      expect(node.status()).toMatchObject({ state: 'down', reason: 'closed' });
    },
    PATIENCE_MS,
  );
});
