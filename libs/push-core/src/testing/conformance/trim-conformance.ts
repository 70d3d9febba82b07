import type { StoreChapter } from './store-harness.js';
import { append, appendOne, contents, seqsOf, T0, TENANT } from './store-samples.js';

export function trimConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('trim', () => {
    const keepAll = { acceptedBefore: 0, keepPerStream: 1_000_000, limit: 1_000_000, now: 0 };
    const state = async (stream: string) => {
      const [one] = await store().messages.states([{ tenant: TENANT, stream }]);
      return [one?.first, one?.head];
    };
    const fill = (stream: string, ages: readonly number[]) =>
      store().messages.append(ages.map((age, i) => append(`${stream}${i + 1}`, [stream], { acceptedAt: T0 + age })));

    it('removes what was accepted before, and moves first', async () => {
      await fill('room', [1, 2, 3, 4]);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 3 })).toEqual(2);
      expect(await state('room')).toEqual([3, 4]);
      expect(await contents(store().messages, 'room')).toEqual([
        [3, 'room3'],
        [4, 'room4'],
      ]);
      expect(await store().messages.find(TENANT, 'room2')).toEqual(undefined);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 3 })).toEqual(0);
    });

    it('removes from the old end only: a younger entry keeps what is behind it', async () => {
      await fill('room', [1, 9, 2, 3]);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 5 })).toEqual(1);
      expect(await state('room')).toEqual([2, 4]);
      expect((await contents(store().messages, 'room')).map(([seq]) => seq)).toEqual([2, 3, 4]);
    });

    it('keeps at most so many of each stream', async () => {
      await fill('a', [1, 2, 3, 4, 5]);
      await fill('b', [1, 2]);
      expect(await store().messages.trim({ ...keepAll, keepPerStream: 3 })).toEqual(2);
      expect([await state('a'), await state('b')]).toEqual([
        [3, 5],
        [1, 2],
      ]);
    });

    it('goes on numbering in a stream it emptied, also after a restart', async () => {
      await fill('room', [1, 2]);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 9 })).toEqual(2);
      expect(await state('room')).toEqual([3, 2]);
      await reopen();
      expect(await state('room')).toEqual([3, 2]);
      expect(seqsOf(await appendOne(store().messages, append('m3', ['room'], { acceptedAt: T0 + 20 })))).toEqual([3]);
      expect(await contents(store().messages, 'room')).toEqual([[3, 'm3']]);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 20 })).toEqual(0);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 21 })).toEqual(1);
      expect(await state('room')).toEqual([4, 3]);
    });

    it('keeps a message while any stream has it', async () => {
      await store().messages.append([append('m1', ['a', 'b']), append('m2', ['a'])]);
      await store().messages.trim({ ...keepAll, keepPerStream: 1 });
      const found = await store().messages.find(TENANT, 'm1');
      expect(found?.places.map((place) => [place.stream, place.seq])).toEqual([['b', 1]]);
      await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 1 });
      expect(await store().messages.find(TENANT, 'm1')).toEqual(undefined);
    });

    it('removes about as many as allowed in one call, and the rest in the next ones', async () => {
      await fill(
        'a',
        Array.from({ length: 30 }, (_, i) => i),
      );
      await fill(
        'b',
        Array.from({ length: 30 }, (_, i) => i),
      );
      const old = { ...keepAll, acceptedBefore: T0 + 100, limit: 25 };
      const rounds: number[] = [];
      for (let removed = 1; removed > 0 && rounds.length < 20; rounds.push(removed))
        removed = await store().messages.trim(old);
      expect(rounds.reduce((sum, removed) => sum + removed, 0)).toEqual(60);
      expect(Math.max(...rounds) <= 50).toEqual(true);
      expect([await state('a'), await state('b')]).toEqual([
        [31, 30],
        [31, 30],
      ]);
    });

    it('goes by the age a tenant has of its own, younger or older', async () => {
      const tenants = ['short', 'long', 'other'];
      for (const tenant of tenants)
        await store().messages.append(
          [1, 5, 9].map((age) => append(`m${age}`, ['room'], { tenant, acceptedAt: T0 + age })),
        );
      const left = async () => {
        const states = await store().messages.states(tenants.map((tenant) => ({ tenant, stream: 'room' })));
        return states.map(({ first }) => first);
      };
      expect(
        await store().messages.trim({ ...keepAll, keepPerStream: 1, acceptedBefore: T0 + 6, tenant: 'short' }),
      ).toEqual(2);
      expect(await left()).toEqual([3, 1, 1]);
      expect(await store().messages.find('short', 'm5')).toEqual(undefined);
      const without = ['long', 'short', 'never'];
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 2, without })).toEqual(1);
      expect(await left()).toEqual([3, 1, 2]);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 99, tenant: 'long' })).toEqual(3);
      expect(await left()).toEqual([3, 4, 2]);
      // How many a stream may have holds for all of them.
      await store().messages.append(
        [11, 12].map((age) => append(`m${age}`, ['room'], { tenant: 'long', acceptedAt: T0 + age })),
      );
      expect(await store().messages.trim({ ...keepAll, keepPerStream: 1, without })).toEqual(2);
      expect(await left()).toEqual([3, 5, 3]);
    });

    it('leaves the rest contiguous, with and without a position inside it', async () => {
      await fill(
        'room',
        Array.from({ length: 300 }, (_, i) => i),
      );
      await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 201 });
      const [page] = await store().messages.read([{ tenant: TENANT, stream: 'room', after: 50, limit: 10 }]);
      expect([page?.first, page?.entries.map((entry) => entry.seq)]).toEqual([
        202,
        [202, 203, 204, 205, 206, 207, 208, 209, 210, 211],
      ]);
      const [inside] = await store().messages.read([{ tenant: TENANT, stream: 'room', after: 297, limit: 10 }]);
      expect(inside?.entries.map((entry) => entry.seq)).toEqual([298, 299, 300]);
      const [unread] = await store().reads.unread([{ tenant: TENANT, stream: 'room', user: 'u', now: T0 }]);
      expect(unread).toEqual(new Map([['', 99]]));
    });
  });
}
