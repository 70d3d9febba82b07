import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { InProcessBusHub } from '../cluster/in-process-bus.js';
import { PushError } from '../errors.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { AppendRequest } from '../store/message-store.js';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.js';

let bench: EngineBench;
let shared: MemoryStore;
beforeEach(() => {
  bench = new EngineBench();
  shared = createMemoryStore({ epoch: 'e1' });
});
afterEach(() => bench.close());

const nodeStore = () => createMemoryStore({ data: shared.data });
const users = (count: number, prefix = 'u') => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
const long = (count: number, prefix?: string) => ({ to: { users: users(count, prefix) }, type: 'x' });

/** Heads of the users' streams, as the store has them. */
async function heads(store: MemoryStore, count: number, prefix?: string): Promise<number[]> {
  const states = await store.messages.states(users(count, prefix).map((user) => ({ tenant: 't', stream: `@${user}` })));
  return states.map(({ head }) => head);
}

/** Writes down the pages that are appended. */
function watchPages(store: MemoryStore, during: (page: AppendRequest) => void = () => undefined) {
  const pages: [tenant: string, size: number][] = [];
  const append = store.messages.append.bind(store.messages);
  store.messages.append = (requests) => {
    for (const one of requests) {
      if (one.when !== 'page') continue;
      pages.push([one.message.tenant, one.targets.length]);
      during(one);
    }
    return append(requests);
  };
  return pages;
}

it('appends a long audience page by page, each user once, connected ones told', async () => {
  const store = nodeStore();
  const push = await bench.engine({ store, limits: { fanOutPage: 10 } });
  const link = await bench.connect(push, { token: 'u35' });
  const { id } = await bench.publish(push, long(35));
  await bench.clock.advance(100);
  expect(await heads(store, 36)).toEqual([...users(35).map(() => 1), 0]);
  expect(link.seqs).toEqual([1]);
  const report = await push.message('t', id);
  expect([report.counts.recipients, report.fanOut]).toEqual([35, undefined]);
});

it('tells how far it has come, and counts all recipients from the beginning', async () => {
  const store = nodeStore();
  const api = await bench.engine({ store, roles: ['api'], limits: { fanOutPage: 10 } });
  const { id } = await bench.publish(api, long(35));
  await bench.clock.advance(60_000);
  expect(await api.message('t', id)).toMatchObject({ counts: { recipients: 35 }, fanOut: { done: 0, total: 35 } });
});

it('is done by a worker on another node, told of it or not', async () => {
  const hub = new InProcessBusHub();
  const limits = { fanOutPage: 10, jobPollMs: 60_000 };
  const api = await bench.engine({ store: nodeStore(), bus: hub.join(), roles: ['api'], limits });
  const store = nodeStore();
  await bench.engine({ store, bus: hub.join(), roles: ['worker'], limits });
  await bench.publish(api, long(35));
  await bench.clock.advance(100);
  expect(await heads(store, 35)).toEqual(users(35).map(() => 1));

  const alone = await bench.engine({ store: nodeStore(), roles: ['api'], limits });
  await bench.publish(alone, long(25, 'v'));
  await bench.clock.advance(61_000);
  expect(await heads(store, 25, 'v')).toEqual(users(25).map(() => 1));
});

it('goes on after a crash where the store says, each page once', async () => {
  const limits = { fanOutPage: 10, jobLeaseMs: 5000, jobPollMs: 1000 };
  const crashing = nodeStore();
  let left = 2;
  watchPages(crashing, () => {
    // Nothing it does from here on reaches the store, as after a crash.
    if (--left < 0) throw new PushError('STORE_UNAVAILABLE', 'gone');
  });
  crashing.jobs.postpone = () => Promise.reject(new PushError('STORE_UNAVAILABLE', 'gone'));
  const first = await bench.engine({ store: crashing, limits });
  await bench.publish(first, long(95));
  await bench.clock.advance(100);
  crashing.jobs.claim = () => Promise.reject(new PushError('STORE_UNAVAILABLE', 'gone'));

  const store = nodeStore();
  await bench.engine({ store, limits });
  await bench.clock.advance(2000);
  expect((await heads(store, 95)).filter((head) => head === 1)).toHaveLength(20);
  await bench.clock.advance(10_000);
  expect(await heads(store, 95)).toEqual(users(95).map(() => 1));
});

it('serves a tenant with one long list as soon as one with many', async () => {
  const store = nodeStore();
  const pages = watchPages(store);
  const worker = await bench.engine({ store, limits: { fanOutPage: 10, jobPollMs: 50 }, roles: ['api'] });
  for (let i = 0; i < 20; i++) await bench.publish(worker, long(110));
  const other = worker.publish('small', long(110));
  await bench.clock.settle();
  await other;
  await bench.engine({ store, limits: { fanOutPage: 10, jobPollMs: 50 } });
  await bench.clock.advance(1000);
  const lastOfSmall = pages.map(([tenant]) => tenant).lastIndexOf('small');
  expect(pages.slice(0, lastOfSmall + 1).filter(([tenant]) => tenant === 't').length).toBeLessThanOrEqual(13);
  expect(pages).toHaveLength(20 * 11 + 11);
});

it('stops when the message is recalled, and tells nobody more of it', async () => {
  const store = nodeStore();
  let recalled: Promise<unknown> | undefined;
  const push = await bench.engine({ store, limits: { fanOutPage: 10 } });
  const link = await bench.connect(push, { token: 'u95' });
  const pages = watchPages(store, ({ message }) => {
    recalled ??= push.recall('t', message.id);
  });
  await bench.publish(push, long(95));
  await bench.clock.advance(100);
  await recalled;
  expect(pages.length).toBeLessThan(4);
  expect(link.seqs).toEqual([]);
  expect(await store.jobs.pending('fan-out')).toBe(0);
});

it('spreads a scheduled message when it is due', async () => {
  const store = nodeStore();
  const push = await bench.engine({ store, limits: { fanOutPage: 10 } });
  await bench.publish(push, { ...long(35), options: { sendAt: bench.clock.now() + 5000 } });
  await bench.clock.advance(4000);
  expect(await heads(store, 35)).toEqual(users(35).map(() => 0));
  await bench.clock.advance(2000);
  expect(await heads(store, 35)).toEqual(users(35).map(() => 1));
});

it('gives up a job that was taken up too often, and keeps it among the dead', async () => {
  const limits = { fanOutPage: 10, jobLeaseMs: 1000, jobPollMs: 500 };
  const broken = nodeStore();
  watchPages(broken, () => {
    throw new PushError('INTERNAL', 'poison');
  });
  const push = await bench.engine({ store: broken, limits });
  const { id } = await bench.publish(push, long(15));
  await bench.clock.advance(300_000);
  expect(await broken.jobs.dead('t', 'fan-out', 10)).toMatchObject([{ id, reason: 'given up after 100 attempts' }]);
  expect(await broken.jobs.pending('fan-out')).toBe(0);
});

it('keeps its jobs while the store is full, and goes on when it is not', async () => {
  const store = nodeStore();
  let isFull = true;
  watchPages(store, () => {
    if (isFull) throw new PushError('STORE_FULL', 'no space left');
  });
  const push = await bench.engine({ store, limits: { fanOutPage: 10, jobLeaseMs: 5000, jobPollMs: 500 } });
  await bench.publish(push, long(35));
  await bench.clock.advance(600_000);
  expect((await heads(store, 35)).filter((head) => head === 1)).toHaveLength(0);
  isFull = false;
  await bench.clock.advance(10_000);
  expect(await heads(store, 35)).toEqual(users(35).map(() => 1));
});

it('keeps long audiences in the order they were accepted in, whichever nodes work on them', async () => {
  const limits = { fanOutPage: 2, jobPollMs: 50 };
  const hub = new InProcessBusHub();
  const first = await bench.engine({ store: nodeStore(), bus: hub.join(), limits });
  const second = await bench.engine({ store: nodeStore(), bus: hub.join(), limits });
  const link = await bench.connect(first, { token: 'u5' });
  for (let n = 0; n < 20; n++) await bench.publish(n % 2 === 0 ? first : second, { ...long(5), data: { n } });
  await bench.clock.advance(5000);
  expect(link.of('push').map(({ data }) => (data as { n: number }).n)).toEqual([...Array(20).keys()]);
});
