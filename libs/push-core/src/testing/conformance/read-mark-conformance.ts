import type { ReadMark } from '../../store/read-store.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

const mark = (
  user: string,
  stream: string,
  seq: number,
  over: Partial<ReadMark> & { epoch?: string } = {},
): ReadMark => {
  const { epoch = 'e1', ...rest } = over;
  return { tenant: TENANT, user, stream, position: { epoch, seq }, at: T0, ...rest };
};

export function readMarkConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('read marks', () => {
    const advance = (...marks: ReadMark[]) => store().reads.advance(marks);
    const changed = async (user: string, since = 0) =>
      (await store().reads.changedSince([{ tenant: TENANT, user, since }]))[0] ?? [];
    const marksOf = async (user: string, since = 0) =>
      (await changed(user, since)).map((one) => [one.stream, one.thread, one.position.seq]);

    it('are none for a user who read nothing', async () => {
      expect(await marksOf('u')).toEqual([]);
      expect(await advance()).toEqual([]);
    });

    it('are kept by user, stream and thread, also after a restart', async () => {
      const set = [
        mark('u', '@u', 3, { at: T0 + 1 }),
        mark('u', '@u', 7, { thread: 't1', at: T0 + 2 }),
        mark('u', 'room', 2, { thread: 't1', at: T0 + 3 }),
      ];
      expect(await advance(...set, mark('v', 'room', 9))).toEqual([true, true, true, true]);
      await reopen();
      const kept = await changed('u');
      expect(kept).toEqual(set);
      expect(kept.map((one) => 'thread' in one)).toEqual([false, true, true]);
      expect(await marksOf('v')).toEqual([['room', undefined, 9]]);
    });

    it('never go back, and say whether they moved', async () => {
      expect(await advance(mark('u', 'room', 5))).toEqual([true]);
      expect(
        await advance(mark('u', 'room', 4, { at: T0 + 9 }), mark('u', 'room', 5), mark('u', 'b', 1, { at: T0 + 1 })),
      ).toEqual([false, false, true]);
      expect((await changed('u')).map((one) => [one.position.seq, one.at])).toEqual([
        [5, T0],
        [1, T0 + 1],
      ]);
      const raced = await Promise.all([9, 3, 12, 8].map((seq) => advance(mark('u', 'room', seq))));
      expect(raced.flat().filter((moved) => moved).length >= 1).toEqual(true);
      expect((await marksOf('u')).find(([stream]) => stream === 'room')).toEqual(['room', undefined, 12]);
    });

    it('of a thread and of the whole stream move by themselves', async () => {
      await advance(mark('u', 'room', 9));
      expect(await advance(mark('u', 'room', 4, { thread: 't1' }))).toEqual([true]);
      expect(await advance(mark('u', 'room', 3, { thread: 't1' }), mark('u', 'room', 3, { thread: 't2' }))).toEqual([
        false,
        true,
      ]);
    });

    it('take several of one batch in their order', async () => {
      const outcomes = await advance(
        mark('u', 'room', 2),
        mark('u', 'room', 2),
        mark('u', 'room', 6, { at: T0 + 1 }),
        mark('u', 'room', 4),
        mark('u', 'room', 1, { epoch: 'e2', at: T0 + 2 }),
        mark('u', 'room', 6, { at: T0 + 3 }),
      );
      expect(outcomes).toEqual([true, false, true, false, true, true]);
      expect(await changed('u')).toEqual([mark('u', 'room', 6, { at: T0 + 3 })]);
    });

    it('are replaced by one of another epoch', async () => {
      await advance(mark('u', 'room', 5));
      expect(await advance(mark('u', 'room', 2, { epoch: 'e2' }))).toEqual([true]);
      expect(await changed('u')).toEqual([mark('u', 'room', 2, { epoch: 'e2' })]);
    });

    it('that changed since a time are listed, oldest first', async () => {
      await advance(
        mark('u', 'c', 1, { at: T0 + 3 }),
        mark('u', 'a', 1, { at: T0 + 1 }),
        mark('u', 'b', 1, { at: T0 + 2 }),
      );
      await advance(mark('v', 'a', 1, { at: T0 + 9 }));
      expect((await marksOf('u')).map(([stream]) => stream)).toEqual(['a', 'b', 'c']);
      expect((await marksOf('u', T0 + 2)).map(([stream]) => stream)).toEqual(['b', 'c']);
      expect(await marksOf('u', T0 + 4)).toEqual([]);
      await advance(mark('u', 'a', 2, { at: T0 + 7 }));
      expect(await marksOf('u', T0 + 3)).toEqual([
        ['c', undefined, 1],
        ['a', undefined, 2],
      ]);
    });

    it('are answered for many requests, in their order, the same user twice too', async () => {
      await advance(
        mark('u', 'a', 1, { at: T0 + 2 }),
        mark('v', 'a', 1, { at: T0 }),
        mark('u', 'b', 1, { at: T0 + 1 }),
      );
      const ask = (user: string, since: number, tenant = TENANT) => ({ tenant, user, since });
      const answers = await store().reads.changedSince([
        ask('v', 0),
        ask('u', T0 + 2),
        ask('never', 0),
        ask('u', 0),
        ask('u', 0, 'other'),
        ask('v', T0 + 1),
      ]);
      expect(answers.map((marks) => marks.map((one) => one.stream))).toEqual([['a'], ['a'], [], ['b', 'a'], [], []]);
      expect(await store().reads.changedSince([])).toEqual([]);
      const thousand = Array.from({ length: 1000 }, (_, i) => ask(i === 500 ? 'u' : `u${i}`, 0));
      const counts = (await store().reads.changedSince(thousand)).map((marks) => marks.length);
      expect([counts.length, counts[500], counts[499]]).toEqual([1000, 2, 0]);
    });

    it('tell odd ids apart', async () => {
      await advance(...ODD_IDS.map((id, i) => mark(id, id, i + 1, { thread: id })));
      for (const [i, id] of ODD_IDS.entries()) {
        expect(await marksOf(id)).toEqual([[id, id, i + 1]]);
        const readers = await store().reads.readers(TENANT, [{ stream: id, epoch: 'e1', seq: i + 1, thread: id }]);
        expect(readers).toEqual([1]);
      }
    });

    it('that cover a place are counted by user', async () => {
      await advance(
        mark('u1', 'room', 5),
        mark('u1', 'room', 9, { thread: 't1' }),
        mark('u2', 'room', 3, { thread: 't1' }),
        mark('u3', 'room', 9, { epoch: 'e2' }),
        mark('u4', 'room', 9, { thread: 't2' }),
        mark('u5', '@u5', 2),
      );
      const at = (seq: number, thread?: string, stream = 'room', epoch = 'e1') => ({ stream, epoch, seq, thread });
      const places = [
        [at(3, 't1'), 2],
        [at(4, 't1'), 1],
        [at(5), 1],
        [at(6), 0],
        [at(9, 't1'), 1],
        [at(10, 't1'), 0],
        [at(5, 't2'), 2],
        [at(9, undefined, 'room', 'e2'), 1],
        [at(2, 'any', '@u5'), 1],
        [at(1, 't1', 'never'), 0],
        [at(3, 't1'), 2],
      ] as const;
      const readers = await store().reads.readers(
        TENANT,
        places.map(([place]) => place),
      );
      expect(readers).toEqual(places.map(([, users]) => users));
      expect(await store().reads.readers(TENANT, [])).toEqual([]);
    });

    it('that cover a place are told of, user by user', async () => {
      await advance(
        mark('u1', 'room', 5),
        mark('u1', 'room', 9, { thread: 't1' }),
        mark('u2', 'room', 3, { thread: 't1' }),
        mark('u3', 'room', 9, { epoch: 'e2' }),
        mark('u2', 'room', 9, { tenant: 'other' }),
      );
      const at = (user: string, seq: number, thread?: string, epoch = 'e1', tenant = TENANT) => ({
        tenant,
        user,
        stream: 'room',
        epoch,
        seq,
        thread,
      });
      const cases = [
        [at('u1', 5), true],
        [at('u1', 6), false],
        [at('u1', 5, 't2'), true],
        [at('u1', 9, 't1'), true],
        [at('u1', 9, 't2'), false],
        [at('u1', 10, 't1'), false],
        [at('u2', 3, 't1'), true],
        [at('u2', 3), false],
        [at('u2', 9, undefined, 'e1', 'other'), true],
        [at('u3', 9), false],
        [at('u3', 9, 't1', 'e2'), true],
        [at('never', 1), false],
        [{ ...at('u1', 1), stream: 'nowhere' }, false],
        [at('u1', 5), true],
      ] as const;
      expect(await store().reads.covers(cases.map(([asked]) => asked))).toEqual(cases.map(([, covered]) => covered));
      expect(await store().reads.covers([])).toEqual([]);
      await advance(...ODD_IDS.map((id, i) => mark(id, id, i + 1, { thread: id })));
      const odd = ODD_IDS.map((id, i) => ({
        tenant: TENANT,
        user: id,
        stream: id,
        epoch: 'e1',
        seq: i + 1,
        thread: id,
      }));
      expect(await store().reads.covers(odd)).toEqual(ODD_IDS.map(() => true));
      const thousand = Array.from({ length: 1000 }, (_, i) => at(i === 400 ? 'u1' : `u${i + 10}`, 1));
      expect((await store().reads.covers(thousand)).flatMap((covered, i) => (covered ? [i] : []))).toEqual([400]);
    });

    it('take a thousand at once, and answer for a thousand places', async () => {
      const users = Array.from({ length: 1000 }, (_, i) => `u${i}`);
      await advance(...users.map((user, i) => mark(user, 'room', i + 1)));
      await advance(...users.map((user, i) => mark(user, `@${user}`, i % 2 ? 4 : 2)));
      expect(await store().reads.readers(TENANT, [{ stream: 'room', epoch: 'e1', seq: 401 }])).toEqual([600]);
      const places = users.map((user) => ({ stream: `@${user}`, epoch: 'e1', seq: 3 }));
      expect(await store().reads.readers(TENANT, places)).toEqual(users.map((_, i) => i % 2));
    });
  });
}
