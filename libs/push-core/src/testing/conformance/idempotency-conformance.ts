import type { StoreChapter } from './store-harness.js';
import { append, appendOne, contents, ODD_IDS, seqsOf, T0, TENANT, withKey } from './store-samples.js';

export function idempotencyConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('idempotency', () => {
    it('answers the same publish with the first one, also after a restart', async () => {
      const first = withKey(append('m1', ['room'], { acceptedAt: T0 + 1 }), 'k', 'f');
      await store().messages.append([first]);
      const again = withKey(append('m2', ['room'], { acceptedAt: T0 + 2 }), 'k', 'f');
      const duplicate = { kind: 'duplicate', id: 'm1', acceptedAt: T0 + 1 };
      expect(await store().messages.append([again])).toEqual([duplicate]);
      await reopen();
      expect(await store().messages.append([again])).toEqual([duplicate]);
      expect(await store().messages.find(TENANT, 'm2')).toEqual(undefined);
      expect(await contents(store().messages, 'room')).toEqual([[1, 'm1']]);
    });

    it('refuses the same key for something else, and writes nothing of it', async () => {
      await store().messages.append([withKey(append('m1', ['room']), 'k', 'f')]);
      expect(await store().messages.append([withKey(append('m2', ['room', 'other']), 'k', 'g')])).toEqual([
        { kind: 'conflict' },
      ]);
      expect(await store().messages.find(TENANT, 'm2')).toEqual(undefined);
      expect((await store().messages.states([{ tenant: TENANT, stream: 'other' }]))[0]?.head).toEqual(0);
    });

    it('sees keys used earlier in the same batch, and leaves no gap for what it refuses', async () => {
      const outcomes = await store().messages.append([
        withKey(append('m1', ['room']), 'k', 'f'),
        withKey(append('m2', ['room']), 'k', 'f'),
        append('m3', ['room']),
        withKey(append('m4', ['room']), 'k', 'g'),
        withKey(append('m5', ['room']), 'l', 'f'),
      ]);
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['stored', 'duplicate', 'stored', 'conflict', 'stored']);
      expect(outcomes[1]).toEqual({ kind: 'duplicate', id: 'm1', acceptedAt: T0 });
      expect([seqsOf(outcomes[0]), seqsOf(outcomes[2]), seqsOf(outcomes[4])]).toEqual([[1], [2], [3]]);
    });

    it('lets exactly one of many simultaneous publishes through', async () => {
      const attempts = Array.from({ length: 20 }, (_, i) => withKey(append(`m${i}`, ['room']), 'k', 'f'));
      const outcomes = await Promise.all(attempts.map((attempt) => appendOne(store().messages, attempt)));
      expect(outcomes.filter((outcome) => outcome.kind === 'stored').length).toEqual(1);
      expect(outcomes.filter((outcome) => outcome.kind === 'duplicate').length).toEqual(19);
      expect((await contents(store().messages, 'room')).length).toEqual(1);
    });

    it('tells odd keys apart', async () => {
      const keys = [...ODD_IDS, ' ', 'a b', 'a\u0000b', 'a\u0000c', '\n'];
      const outcomes = await store().messages.append(
        keys.map((key, i) => withKey(append(`m${i}`, ['room']), key, 'f')),
      );
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(keys.map(() => 'stored'));
      const again = await store().messages.append(keys.map((key, i) => withKey(append(`n${i}`, ['room']), key, 'f')));
      expect(again).toEqual(keys.map((_, i) => ({ kind: 'duplicate', id: `m${i}`, acceptedAt: T0 })));
    });

    it('remembers a key exactly until retention passes the time it is kept for', async () => {
      const keep = { acceptedBefore: 0, keepPerStream: 1000, limit: 1000 };
      await store().messages.append([withKey(append('m1', ['room']), 'k', 'f', T0 + 1000)]);
      await store().messages.trim({ ...keep, now: T0 + 1000 });
      expect((await appendOne(store().messages, withKey(append('m2', ['room']), 'k', 'f'))).kind).toEqual('duplicate');
      await store().messages.trim({ ...keep, now: T0 + 1001 });
      expect((await appendOne(store().messages, withKey(append('m2', ['room']), 'k', 'other'))).kind).toEqual('stored');
    });

    it('covers held messages too', async () => {
      const held = { ...withKey(append('m1', ['room'], { dueAt: T0 + 5 }), 'k', 'f'), when: 'hold' as const };
      expect(await store().messages.append([held])).toEqual([{ kind: 'stored', places: [] }]);
      const again = { ...withKey(append('m2', ['room'], { dueAt: T0 + 5 }), 'k', 'f'), when: 'hold' as const };
      expect(await store().messages.append([again])).toEqual([{ kind: 'duplicate', id: 'm1', acceptedAt: T0 }]);
      expect((await store().messages.due(T0 + 5, 10)).map((one) => one.id)).toEqual(['m1']);
    });
  });
}
