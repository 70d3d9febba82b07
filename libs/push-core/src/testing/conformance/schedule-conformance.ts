import type { AppendRequest } from '../../store/message-store.js';
import type { StoreChapter } from './store-harness.js';
import { append, appendOne, contents, seqsOf, T0, TENANT } from './store-samples.js';

const hold = (id: string, dueAt: number): AppendRequest => ({ ...append(id, ['room'], { dueAt }), when: 'hold' });
const release = (id: string, dueAt: number): AppendRequest => ({ ...append(id, ['room'], { dueAt }), when: 'release' });

export function scheduleConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('held messages', () => {
    const dueIds = async (now: number, limit = 10) => (await store().messages.due(now, limit)).map((one) => one.id);

    it('are in no stream, and can be found', async () => {
      expect(await appendOne(store().messages, hold('m1', T0 + 10))).toEqual({ kind: 'stored', places: [] });
      expect(await contents(store().messages, 'room')).toEqual([]);
      const found = await store().messages.find(TENANT, 'm1');
      expect([found?.held, found?.places, found?.message]).toEqual([true, [], hold('m1', T0 + 10).message]);
    });

    it('are due from their time on, oldest first, until released', async () => {
      await store().messages.append([hold('late', T0 + 30), hold('early', T0 + 10), hold('middle', T0 + 20)]);
      expect(await dueIds(T0 + 9)).toEqual([]);
      expect(await dueIds(T0 + 10)).toEqual(['early']);
      expect(await dueIds(T0 + 99)).toEqual(['early', 'middle', 'late']);
      expect(await dueIds(T0 + 99, 2)).toEqual(['early', 'middle']);
      await reopen();
      expect(await dueIds(T0 + 99)).toEqual(['early', 'middle', 'late']);
      await store().messages.append([release('early', T0 + 10)]);
      expect(await dueIds(T0 + 99)).toEqual(['middle', 'late']);
    });

    it('join their streams behind what came before them', async () => {
      await store().messages.append([hold('m1', T0 + 10), append('m2', ['room'])]);
      const outcomes = await store().messages.append([release('m1', T0 + 10), append('m3', ['room'])]);
      expect(outcomes.map(seqsOf)).toEqual([[2], [3]]);
      expect((await contents(store().messages, 'room')).map(([, id]) => id)).toEqual(['m2', 'm1', 'm3']);
      const found = await store().messages.find(TENANT, 'm1');
      expect([found?.held, found?.places.map((place) => place.seq)]).toEqual([false, [2]]);
    });

    it('are released once', async () => {
      await store().messages.append([hold('m1', T0 + 10)]);
      const attempts = Array.from({ length: 5 }, () => appendOne(store().messages, release('m1', T0 + 10)));
      const outcomes = await Promise.all(attempts);
      expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual([
        'duplicate',
        'duplicate',
        'duplicate',
        'duplicate',
        'stored',
      ]);
      const twice = await store().messages.append([hold('m2', T0), release('m2', T0), release('m2', T0)]);
      expect(twice.map((outcome) => outcome.kind)).toEqual(['stored', 'stored', 'duplicate']);
      expect(twice[2]).toEqual({ kind: 'duplicate', id: 'm2', acceptedAt: T0 });
      expect((await contents(store().messages, 'room')).map(([, id]) => id)).toEqual(['m1', 'm2']);
    });

    it('that nobody holds are not released', async () => {
      expect((await appendOne(store().messages, release('unknown', T0))).kind).toEqual('duplicate');
      expect(await store().messages.find(TENANT, 'unknown')).toEqual(undefined);
      expect(await contents(store().messages, 'room')).toEqual([]);
    });

    it('are kept by retention, and begin to age when they are due', async () => {
      const trim = { keepPerStream: 1000, limit: 1000, now: T0 };
      await store().messages.append([hold('m1', T0 + 5000)]);
      expect(await store().messages.trim({ ...trim, acceptedBefore: T0 + 9000 })).toEqual(0);
      expect((await store().messages.find(TENANT, 'm1'))?.held).toEqual(true);
      await store().messages.append([release('m1', T0 + 5000)]);
      expect(await store().messages.trim({ ...trim, acceptedBefore: T0 + 5000 })).toEqual(0);
      expect(await store().messages.trim({ ...trim, acceptedBefore: T0 + 5001 })).toEqual(1);
    });
  });
}
