import type { AppendRequest } from '../../store/message-store.js';
import type { StoreChapter } from './store-harness.js';
import { append, appendOne, contents, message, placesOf, T0, TENANT, told, withKey } from './store-samples.js';

const full = { thread: 'th', notification: { title: 'Ann', body: 'Hi!' }, options: { priority: 'high' as const } };
const hold = (id: string, over = {}): AppendRequest => ({
  ...append(id, ['room'], { dueAt: T0 + 10, ...over }),
  when: 'hold',
});
const release = (id: string): AppendRequest => ({ ...hold(id), when: 'release' });

export function recallConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('recall', () => {
    const room = { tenant: TENANT, stream: 'room' };
    const entriesOf = async (stream: string, thread?: string) => {
      const [page] = await store().messages.read([{ tenant: TENANT, stream, after: 0, limit: 100, thread }]);
      return page?.entries ?? [];
    };
    const byStream = (places: readonly { stream: string }[]) =>
      [...places].sort((a, b) => (a.stream < b.stream ? -1 : 1));

    it('takes data and notification away in every stream, and nothing else, also after a restart', async () => {
      const filter = { exceptUsers: ['u9'] };
      const targets = [{ stream: 'room', filter }, { stream: '@u' }];
      const stored = await appendOne(store().messages, { message: message('m1', full), targets, when: 'now' });
      await store().messages.append([append('m2', ['room'], full)]);
      const outcome = await store().messages.recall(TENANT, 'm1', T0 + 5);
      expect(outcome.kind).toEqual('recalled');
      expect(byStream(outcome.kind === 'recalled' ? outcome.places : [])).toEqual(byStream(placesOf(stored)));

      const { data, notification, ...rest } = message('m1', full);
      const left = { ...rest, recalledAt: T0 + 5 };
      for (let round = 0; round < 2; round++) {
        const found = await store().messages.find(TENANT, 'm1');
        expect([found?.message, found?.held]).toEqual([left, false]);
        expect(['data' in (found?.message ?? {}), 'notification' in (found?.message ?? {})]).toEqual([false, false]);
        expect(byStream(found?.places ?? [])).toEqual(byStream(placesOf(stored)));
        const entries = await entriesOf('room', 'th');
        expect(entries).toEqual([
          { seq: 1, message: told(left), filter },
          { seq: 2, message: told(message('m2', full)) },
        ]);
        expect('data' in (entries[0]?.message ?? {})).toEqual(false);
        expect('recalledAt' in (entries[1]?.message ?? {})).toEqual(false);
        expect(await entriesOf('@u')).toEqual([{ seq: 1, message: told(left) }]);
        await reopen();
      }
      expect([data, notification]).toEqual([message('m1').data, full.notification]);
    });

    it('answers the second time as the first, and the time of the first stays', async () => {
      await store().messages.append([append('m1', ['room', '@u'])]);
      const first = await store().messages.recall(TENANT, 'm1', T0 + 5);
      expect(await store().messages.recall(TENANT, 'm1', T0 + 9)).toEqual(first);
      expect((await store().messages.find(TENANT, 'm1'))?.message.recalledAt).toEqual(T0 + 5);
      expect((await store().messages.recalledSince([room], 0)).map((place) => place.at)).toEqual([T0 + 5]);
      const many = await Promise.all([1, 2, 3].map((at) => store().messages.recall(TENANT, 'm1', T0 + at)));
      expect(many).toEqual([first, first, first]);
    });

    it('knows nothing of a message that is not there', async () => {
      expect(await store().messages.recall(TENANT, 'm1', T0)).toEqual({ kind: 'missing' });
      await store().messages.append([append("o'%", ['room'])]);
      expect(await store().messages.recall(TENANT, '%', T0)).toEqual({ kind: 'missing' });
      expect((await store().messages.recall(TENANT, "o'%", T0)).kind).toEqual('recalled');
    });

    it('removes a held message for good', async () => {
      await store().messages.append([hold('m1'), hold('m2')]);
      expect(await store().messages.recall(TENANT, 'm1', T0)).toEqual({ kind: 'cancelled' });
      expect(await store().messages.recall(TENANT, 'm1', T0)).toEqual({ kind: 'missing' });
      expect(await store().messages.find(TENANT, 'm1')).toEqual(undefined);
      expect((await store().messages.due(T0 + 99, 9)).map((one) => one.id)).toEqual(['m2']);
      const outcomes = await store().messages.append([release('m1'), release('m2')]);
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['duplicate', 'stored']);
      await reopen();
      expect(await contents(store().messages, 'room')).toEqual([[1, 'm2']]);
      expect(await store().messages.recalledSince([room], 0)).toEqual([]);
    });

    it('recalls a message that was held and is released', async () => {
      await store().messages.append([hold('m1'), release('m1')]);
      expect((await store().messages.recall(TENANT, 'm1', T0 + 20)).kind).toEqual('recalled');
      expect((await entriesOf('room')).map((entry) => entry.message.recalledAt)).toEqual([T0 + 20]);
    });

    it('keeps the idempotency key: publishing again is a duplicate, and brings nothing back', async () => {
      const keyed = withKey(append('m1', ['room']), 'k', 'f', T0 + 1000);
      await store().messages.append([keyed, withKey(hold('h1'), 'l', 'f', T0 + 1000)]);
      await store().messages.recall(TENANT, 'm1', T0);
      await store().messages.recall(TENANT, 'h1', T0);
      const again = await store().messages.append([
        { ...keyed, message: message('m2') },
        { ...withKey(hold('h2'), 'l', 'f') },
      ]);
      expect(again).toEqual([
        { kind: 'duplicate', id: 'm1', acceptedAt: T0 },
        { kind: 'duplicate', id: 'h1', acceptedAt: T0 },
      ]);
      expect((await entriesOf('room')).map(({ message: one }) => [one.id, one.data])).toEqual([['m1', undefined]]);
    });

    it('lists what was recalled since, by time, in the streams asked for', async () => {
      await store().messages.append([append('m1', ['a', 'b']), append('m2', ['a', 'c']), append('m3', ['a'])]);
      const [state] = await store().messages.states([room]);
      await store().messages.recall(TENANT, 'm2', T0 + 1);
      await store().messages.recall(TENANT, 'm1', T0 + 2);
      const place = (stream: string, seq: number, id: string, at: number) => ({
        stream,
        epoch: state?.epoch,
        seq,
        id,
        at,
      });
      const since = async (at: number, streams: readonly string[]) =>
        store().messages.recalledSince(
          streams.map((stream) => ({ tenant: TENANT, stream })),
          at,
        );
      for (let round = 0; round < 2; round++) {
        expect(await since(0, ['a'])).toEqual([place('a', 2, 'm2', T0 + 1), place('a', 1, 'm1', T0 + 2)]);
        expect(await since(T0 + 2, ['a'])).toEqual([place('a', 1, 'm1', T0 + 2)]);
        expect(await since(T0 + 3, ['a', 'b', 'c'])).toEqual([]);
        const others = await since(T0 + 1, ['b', 'never', 'c']);
        expect(others).toEqual([place('c', 1, 'm2', T0 + 1), place('b', 1, 'm1', T0 + 2)]);
        expect(await since(0, [])).toEqual([]);
        await reopen();
      }
    });

    it('leaves retention its way: what is trimmed has no place any more', async () => {
      const keepAll = { acceptedBefore: 0, keepPerStream: 1000, limit: 1000, now: 0 };
      await store().messages.append([append('m1', ['room', '@u']), append('m2', ['room'])]);
      await store().messages.recall(TENANT, 'm1', T0);
      expect(await store().messages.trim({ ...keepAll, keepPerStream: 1 })).toEqual(1);
      expect(await store().messages.recalledSince([room], 0)).toEqual([]);
      const again = await store().messages.recall(TENANT, 'm1', T0 + 9);
      expect(again.kind === 'recalled' && again.places.map((place) => place.stream)).toEqual(['@u']);
      expect(await store().messages.trim({ ...keepAll, acceptedBefore: T0 + 1 })).toEqual(2);
      expect(await store().messages.find(TENANT, 'm1')).toEqual(undefined);
      expect(await store().messages.recall(TENANT, 'm1', T0)).toEqual({ kind: 'missing' });
    });
  });
}
