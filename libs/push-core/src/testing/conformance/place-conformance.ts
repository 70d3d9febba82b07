import { page, withJob } from './job-samples.js';
import type { StoreChapter } from './store-harness.js';
import { append, appendOne, ODD_IDS, placesOf, T0, TENANT } from './store-samples.js';

export function placeConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const ref = (id: string, tenant = TENANT) => ({ tenant, id });

  describe('messages', () => {
    it('are found together as one by one, in the order asked for', async () => {
      const held = { ...append('held', ['a'], { dueAt: T0 }), when: 'hold' as const };
      await store().messages.append([
        append('m1', ['a', 'b'], { thread: 't' }),
        held,
        append('m1', ['a'], { tenant: 'x' }),
      ]);
      await store().messages.append([append('gone', ['a'])]);
      await store().messages.recall(TENANT, 'gone', T0 + 5);
      const asked = [ref('held'), ref('m1'), ref('never'), ref('m1', 'x'), ref('gone'), ref('m1'), ref('held', 'x')];
      const found = await store().messages.findAll(asked);
      const single = await Promise.all(asked.map(({ tenant, id }) => store().messages.find(tenant, id)));
      expect(found).toEqual(single);
      const ids = ['held', 'm1', undefined, 'm1', 'gone', 'm1', undefined];
      expect(found.map((one) => one?.message.id)).toEqual(ids);
      expect(found.map((one) => one?.places.length)).toEqual([0, 2, undefined, 1, 1, 2, undefined]);
      expect(await store().messages.findAll([])).toEqual([]);
    });

    it('are found a thousand at once', async () => {
      const ids = Array.from({ length: 1000 }, (_, i) => `m${i}`);
      await store().messages.append(ids.map((id) => append(id, ['room'])));
      const found = await store().messages.findAll(ids.map((id) => ref(id)));
      expect(found.map((one) => [one?.message.id, one?.places[0]?.seq])).toEqual(ids.map((id, i) => [id, i + 1]));
    });

    it('tell where they are in the streams asked about', async () => {
      await store().messages.append([append('m0', ['b']), append('m1', ['c'], { tenant: 'x' })]);
      const [a, b] = placesOf(await appendOne(store().messages, append('m1', ['a', 'b', 'd'])));
      await reopen();
      expect(await store().messages.placesIn(ref('m1'), ['b', 'c', 'a', 'nowhere', 'b'])).toEqual([
        b,
        undefined,
        a,
        undefined,
        b,
      ]);
      expect(await store().messages.placesIn(ref('never'), ['a', 'b'])).toEqual([undefined, undefined]);
      expect(await store().messages.placesIn(ref('m1', 'x'), ['a', 'c'])).toEqual([
        undefined,
        { stream: 'c', epoch: a?.epoch, seq: 1 },
      ]);
      expect(await store().messages.placesIn(ref('m1'), [])).toEqual([]);
    });

    it('tell where they are as they join more streams, are recalled, and leave', async () => {
      await store().messages.append([withJob('m', { size: 2 })]);
      const seqs = async () =>
        (await store().messages.placesIn(ref('m'), ['p0', 'p1'])).map((place) => place && [place.stream, place.seq]);
      expect(await seqs()).toEqual([undefined, undefined]);
      await store().messages.append([page('m', 0, 1, ['p0'])]);
      expect(await seqs()).toEqual([['p0', 1], undefined]);
      await store().messages.append([page('m', 1, 2, ['p1']), append('young', ['p0'], { acceptedAt: T0 + 9 })]);
      await store().messages.recall(TENANT, 'm', T0 + 1);
      expect(await seqs()).toEqual([
        ['p0', 1],
        ['p1', 1],
      ]);
      await store().messages.trim({ acceptedBefore: 0, keepPerStream: 1, limit: 9, now: T0 });
      expect(await seqs()).toEqual([undefined, ['p1', 1]]);
    });

    it('that are held are nowhere yet', async () => {
      await store().messages.append([{ ...append('m', ['a'], { dueAt: T0 }), when: 'hold' }]);
      expect(await store().messages.placesIn(ref('m'), ['a'])).toEqual([undefined]);
      await store().messages.append([{ ...append('m', ['a'], { dueAt: T0 }), when: 'release' }]);
      expect((await store().messages.placesIn(ref('m'), ['a']))[0]?.seq).toEqual(1);
    });

    it('tell where they are among thousands of streams, and odd ones', async () => {
      const streams = [...ODD_IDS, ...Array.from({ length: 5000 }, (_, i) => `@user-${i}`)];
      await store().messages.append([append('other', ['@user-7']), append('wide', streams)]);
      const asked = [...streams.slice(-500).reverse(), ...ODD_IDS, '@user-7'];
      const places = await store().messages.placesIn(ref('wide'), asked);
      expect(places.map((place) => place?.stream)).toEqual(asked);
      expect(places.map((place) => place?.seq)).toEqual(asked.map((stream) => (stream === '@user-7' ? 2 : 1)));
    });
  });
}
