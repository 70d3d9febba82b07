import type { StoreChapter } from './store-harness.js';
import { append, contents, message, placesOf, TENANT } from './store-samples.js';

export function readConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('read', () => {
    const read = async (after: number, limit: number, thread?: string) => {
      const [page] = await store().messages.read([{ tenant: TENANT, stream: 'room', after, limit, thread }]);
      return page?.entries.map((entry) => entry.seq);
    };
    const fill = (count: number) =>
      store().messages.append(Array.from({ length: count }, (_, i) => append(`m${i + 1}`, ['room'])));

    it('reads a stream nobody wrote to as empty, with the epoch it will have', async () => {
      const unknown = { tenant: TENANT, stream: 'room' };
      const [page] = await store().messages.read([{ ...unknown, after: 0, limit: 10 }]);
      const [state] = await store().messages.states([unknown]);
      expect([page?.head, page?.first, page?.entries]).toEqual([0, 1, []]);
      expect([state?.head, state?.first, state?.epoch]).toEqual([0, 1, page?.epoch]);
      expect(typeof state?.epoch === 'string' && state.epoch.length > 0).toEqual(true);
      const [outcome] = await store().messages.append([append('m1', ['room'])]);
      expect(placesOf(outcome)[0]?.epoch).toEqual(state?.epoch);
    });

    it('pages through a stream', async () => {
      await fill(250);
      const [page] = await store().messages.read([{ tenant: TENANT, stream: 'room', after: 240, limit: 4 }]);
      expect([page?.head, page?.first, page?.entries.map((one) => one.message.id)]).toEqual([
        250,
        1,
        ['m241', 'm242', 'm243', 'm244'],
      ]);
      expect(await read(248, 100)).toEqual([249, 250]);
      expect(await read(250, 100)).toEqual([]);
      expect(await read(9999, 100)).toEqual([]);
      expect(await read(0, 0)).toEqual([]);
      expect((await read(0, 200))?.length).toEqual(200);
    });

    it('answers many requests in their order, the same stream twice too', async () => {
      await store().messages.append([append('m1', ['a']), append('m2', ['b']), append('m3', ['a'])]);
      const pages = await store().messages.read([
        { tenant: TENANT, stream: 'b', after: 0, limit: 5 },
        { tenant: TENANT, stream: 'none', after: 0, limit: 5 },
        { tenant: TENANT, stream: 'a', after: 1, limit: 5 },
        { tenant: TENANT, stream: 'a', after: 0, limit: 1 },
      ]);
      expect(pages.map((page) => page.entries.map((entry) => entry.message.id))).toEqual([['m2'], [], ['m3'], ['m1']]);
      const states = await store().messages.states(
        ['a', 'none', 'b', 'a'].map((stream) => ({ tenant: TENANT, stream })),
      );
      expect(states.map((state) => state.head)).toEqual([2, 0, 1, 2]);
    });

    it('keeps each target’s filter with its entry', async () => {
      const filters = [
        { only: ['d1', "d'2"] },
        { exceptUsers: ['u1', '👍'], exceptDevices: [{ user: 'u', device: 'd' }] },
        undefined,
      ];
      const targets = filters.map((filter, i) => (filter ? { stream: `s${i}`, filter } : { stream: `s${i}` }));
      await store().messages.append([{ message: message('m1'), targets, when: 'now' }]);
      const pages = await store().messages.read(
        targets.map(({ stream }) => ({ tenant: TENANT, stream, after: 0, limit: 1 })),
      );
      expect(pages.map((page) => page.entries[0]?.filter)).toEqual(filters);
      expect(pages.map((page) => 'filter' in (page.entries[0] ?? {}))).toEqual([true, true, false]);
    });

    it('reads one thread of a stream', async () => {
      const threads = ['t1', undefined, 't2', 't1', undefined, 't1'];
      await store().messages.append(threads.map((thread, i) => append(`m${i}`, ['room'], thread ? { thread } : {})));
      expect(await read(0, 10, 't1')).toEqual([1, 4, 6]);
      expect(await read(1, 1, 't1')).toEqual([4]);
      expect(await read(0, 10, 't3')).toEqual([]);
    });

    it('finds a message with all its places, or nothing', async () => {
      const [outcome] = await store().messages.append([append('m1', ['a', '@', '@u'])]);
      const found = await store().messages.find(TENANT, 'm1');
      const byStream = (places: readonly { stream: string }[] = []) =>
        [...places].sort((a, b) => (a.stream < b.stream ? -1 : 1));
      expect(byStream(found?.places)).toEqual(byStream(placesOf(outcome)));
      expect(found?.held).toEqual(false);
      expect(await store().messages.find(TENANT, 'm2')).toEqual(undefined);
    });

    it('finds everything again after a restart, in the same epoch', async () => {
      await fill(3);
      const ask = [
        { tenant: TENANT, stream: 'room', after: 0, limit: 9 },
        { tenant: TENANT, stream: 'no', after: 0, limit: 9 },
      ];
      const before = await store().messages.read(ask);
      await reopen();
      expect(await store().messages.read(ask)).toEqual(before);
      expect(placesOf((await store().messages.append([append('m4', ['room'])]))[0])).toEqual([
        { stream: 'room', epoch: before[0]?.epoch, seq: 4 },
      ]);
      expect((await contents(store().messages, 'room')).length).toEqual(4);
    });
  });
}
