import { createMemoryStore, PushError, type Clock, type Store } from 'push-core';
import { measureStore } from './measured-store.js';

let elapsed = 0;
const clock: Clock = {
  now: () => elapsed,
  elapsed: () => elapsed,
  after: () => ({ cancel: () => undefined }),
  soon: (run) => queueMicrotask(run),
};

it('times every call by its operation, and hands on what the store answers', async () => {
  const store = createMemoryStore();
  const list = store.devices.list.bind(store.devices);
  store.devices.list = async (...given) => {
    elapsed += 30;
    return list(...given);
  };
  const measured = measureStore(store, clock);
  await measured.open();
  expect(await measured.devices.list('t', 'u')).toEqual([]);
  expect(await measured.devices.list('t', 'u')).toEqual([]);
  expect(await measured.messages.states([{ tenant: 't', stream: '@u' }])).toMatchObject([{ head: 0 }]);
  expect(await measured.jobs.pending('fan-out')).toBe(0);
  expect(await measured.time(7)).toBe(7);
  expect([...measured.timings.keys()]).toEqual(['devices.list', 'messages.states', 'jobs.pending']);
  const { bounds, counts, sum } = measured.timings.get('devices.list')!;
  expect(sum).toBeCloseTo(0.06);
  expect(counts).toHaveLength(bounds.length + 1);
  expect(counts.map((count, at) => [bounds[at], count]).filter(([, count]) => count)).toEqual([[0.05, 2]]);
  await measured.close();
});

it('times a call that fails, and throws what the store threw', async () => {
  const store = createMemoryStore();
  const full = new PushError('STORE_FULL', 'no space');
  store.messages.append = async () => {
    elapsed += 60_000;
    throw full;
  };
  const measured = measureStore(store, clock);
  await expect(measured.messages.append([])).rejects.toBe(full);
  expect(measured.timings.get('messages.append')!.counts.at(-1)).toBe(1);
});

it('leaves the store given as it is, and shows what it has beyond the contract', () => {
  class Special {
    readonly tablePrefix = 'mine_';
    readonly topics = { count: async () => 1 };
    async open(): Promise<void> {}
    async close(): Promise<void> {}
  }
  const store = new Special() as unknown as Store & Special;
  const { topics } = store;
  const measured = measureStore(store, clock);
  expect(measured.tablePrefix).toBe('mine_');
  expect(store.topics).toBe(topics);
  expect(measured.topics).not.toBe(topics);
});

it('opens and closes the store itself', async () => {
  const calls: string[] = [];
  class Opening {
    state = 'closed';
    async open(): Promise<void> {
      this.state = 'open';
      calls.push('open');
    }
    async close(): Promise<void> {
      this.state = 'closed';
      calls.push('close');
    }
  }
  const store = new Opening();
  const measured = measureStore(store as unknown as Store, clock);
  await measured.open();
  expect(store.state).toBe('open');
  await measured.close();
  expect([store.state, calls]).toEqual(['closed', ['open', 'close']]);
});
