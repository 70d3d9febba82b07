import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimedIds, jobRef, withJob } from '../../testing/conformance/job-samples.js';
import { storeConformance } from '../../testing/conformance/store-conformance.js';
import { append, appendOne, contents, seqsOf, T0, TENANT } from '../../testing/conformance/store-samples.js';
import { createMemoryStore } from './memory-store.js';

storeConformance({ describe, it, beforeEach, afterEach, expect }, () => ({
  create: async () => {
    const store = createMemoryStore();
    await store.open();
    return store;
  },
  reopen: async (store) => {
    await store.close();
    await store.open();
    return store;
  },
  destroy: async () => {},
}));

describe('memory store', () => {
  it('takes the epoch it is given, or one from the ids', async () => {
    const given = createMemoryStore({ epoch: 'e7' });
    const drawn = createMemoryStore({ ids: { epoch: () => 'e8' } });
    for (const store of [given, drawn]) await store.open();
    expect((await given.messages.states([{ tenant: 't', stream: 's' }]))[0]?.epoch).toBe('e7');
    expect((await drawn.messages.states([{ tenant: 't', stream: 's' }]))[0]?.epoch).toBe('e8');
    expect(createMemoryStore().data.epoch).not.toBe(createMemoryStore().data.epoch);
  });

  it('lets two stores share one medium, each open or closed by itself', async () => {
    const one = createMemoryStore();
    const other = createMemoryStore({ data: one.data });
    await one.open();
    await other.open();
    await one.messages.append([append('m1', ['room'])]);
    await one.close();
    expect(await contents(other.messages, 'room')).toEqual([[1, 'm1']]);
    expect(seqsOf(await appendOne(other.messages, append('m2', ['room'])))).toEqual([2]);
    await expect(one.messages.due(0, 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('lets go of a message that was kept for its job alone once that is done', async () => {
    const store = createMemoryStore();
    await store.open();
    const old = { acceptedBefore: T0 + 1, keepPerStream: 9, limit: 9, now: T0 };
    await store.messages.append([withJob('m', {}, ['room'])]);
    await claimedIds(store.jobs);
    expect(await store.messages.trim(old)).toBe(1);
    await store.jobs.finish(jobRef('m'), 'n1');
    expect(await store.messages.find(TENANT, 'm')).toBeDefined();
    expect(await store.messages.trim(old)).toBe(0);
    expect(await store.messages.find(TENANT, 'm')).toBeUndefined();
    expect([store.data.jobs.size, store.data.spared.size, store.data.messages.size]).toEqual([0, 0, 0]);
  });

  it('hands out copies: what a caller keeps does not change under it', async () => {
    const store = createMemoryStore();
    await store.open();
    await store.messages.append([append('m1', ['room'])]);
    const [page] = await store.messages.read([{ tenant: 't1', stream: 'room', after: 0, limit: 9 }]);
    const device = { tenant: 't1', user: 'u', device: 'd' };
    const cursors = await store.cursors.load([device]);
    await store.messages.append([append('m2', ['room'])]);
    await store.cursors.advance([{ ...device, stream: 'room', position: { epoch: 'e', seq: 1 } }]);
    expect([page?.entries.length, page?.head, cursors.map((one) => one.size)]).toEqual([1, 1, [0]]);
  });
});
