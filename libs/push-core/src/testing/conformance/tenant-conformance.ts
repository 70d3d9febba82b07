import type { StoreChapter } from './store-harness.js';
import { append, contents, T0, withKey } from './store-samples.js';

export function tenantConformance({ runner: { describe, it, expect }, store }: StoreChapter): void {
  describe('tenants', () => {
    it('share no messages, streams or keys, whatever the ids', async () => {
      const outcomes = await store().messages.append([
        withKey(append('m', ['room'], { tenant: 'a', data: '"a"' }), 'k', 'f'),
        withKey(append('m', ['room'], { tenant: 'b', data: '"b"' }), 'k', 'g'),
        append('n', ['room'], { tenant: 'b' }),
      ]);
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(['stored', 'stored', 'stored']);
      expect(await contents(store().messages, 'room', 'a')).toEqual([[1, 'm']]);
      expect((await contents(store().messages, 'room', 'b')).map(([, id]) => id)).toEqual(['m', 'n']);
      expect((await store().messages.find('a', 'm'))?.message.data).toEqual('"a"');
      expect((await store().messages.find('b', 'm'))?.message.data).toEqual('"b"');
      expect(await store().messages.find('a', 'n')).toEqual(undefined);
      const states = await store().messages.states(['a', 'b', 'c'].map((tenant) => ({ tenant, stream: 'room' })));
      expect(states.map((state) => state.head)).toEqual([1, 2, 0]);
    });

    it('see none of another’s messages removed or released with their own', async () => {
      const held = (tenant: string) => ({ ...append('h', ['room'], { tenant, dueAt: T0 }), when: 'hold' as const });
      await store().messages.append([held('a'), held('b'), append('m', ['s'], { tenant: 'a' })]);
      await store().messages.append([append('m', ['s'], { tenant: 'b', acceptedAt: T0 + 9 })]);
      await store().messages.append([{ ...held('a'), when: 'release' }]);
      expect((await store().messages.due(T0, 9)).map((one) => one.tenant)).toEqual(['b']);
      await store().messages.trim({ acceptedBefore: T0 + 5, keepPerStream: 100, limit: 100, now: T0 });
      expect(await store().messages.find('a', 'm')).toEqual(undefined);
      expect((await store().messages.find('b', 'm'))?.places.length).toEqual(1);
    });

    it('wait with what is due where they are left out', async () => {
      const held = (tenant: string) => ({ ...append('h', ['room'], { tenant, dueAt: T0 }), when: 'hold' as const });
      await store().messages.append([held('a'), held('b'), held("c'%")]);
      const due = async (without?: readonly string[]) =>
        (await store().messages.due(T0, 9, without)).map((one) => one.tenant).sort();
      expect(await due(['a', "c'%", 'never'])).toEqual(['b']);
      expect([await due([]), await due()]).toEqual([
        ['a', 'b', "c'%"],
        ['a', 'b', "c'%"],
      ]);
    });

    it('have stored what they published, to the byte of their data', async () => {
      const usage = (tenant: string) => store().messages.usage(tenant);
      expect(await usage('a')).toEqual({ messages: 0, bytes: 0 });
      await store().messages.append([append('m1', ['x', 'y'], { tenant: 'a', data: '""' })]);
      const small = await usage('a');
      await store().messages.append([append('m2', ['x'], { tenant: 'a', data: `"${'ä漢'.repeat(100)}"` })]);
      const both = await usage('a');
      expect([small.messages, both.messages, both.bytes - 2 * small.bytes]).toEqual([1, 2, 500]);
      await store().messages.append([{ ...append('h', ['x'], { tenant: 'a', dueAt: T0, data: '""' }), when: 'hold' }]);
      expect(await usage('a')).toEqual({ messages: 3, bytes: both.bytes + small.bytes });
      await store().messages.append([append('m1', ['x'], { tenant: 'b' })]);
      expect((await usage('b')).messages).toEqual(1);
      await store().messages.trim({ acceptedBefore: T0 + 1, keepPerStream: 9, limit: 99, now: T0, tenant: 'a' });
      expect(await usage('a')).toEqual(small);
    });

    it('share no devices, cursors or follows', async () => {
      const a = { tenant: 'a', user: 'u', device: 'd' };
      const b = { ...a, tenant: 'b' };
      const registration = { platform: 'web', tokens: [], registeredAt: T0, updatedAt: T0 };
      for (const [ref, seq] of [[a, 1] as const, [b, 2] as const]) {
        await store().devices.put({ ...ref, ...registration });
        await store().cursors.advance([{ ...ref, stream: 'room', position: { epoch: 'e', seq } }]);
        await store().topics.setFollow(ref, { topic: 'room', following: seq === 1 });
      }
      expect(await store().cursors.load([a])).toEqual([new Map([['room', { epoch: 'e', seq: 1 }]])]);
      expect(await store().cursors.reached('a', [{ stream: 'room', epoch: 'e', seq: 2 }])).toEqual([0]);
      expect(await store().topics.follows([b])).toEqual([[{ topic: 'room', following: false }]]);
      await store().devices.remove(a);
      expect((await store().devices.list('b', 'u')).length).toEqual(1);
      expect((await store().cursors.load([b]))[0]?.size).toEqual(1);
      expect((await store().topics.follows([b]))[0]?.length).toEqual(1);
    });

    it('share no subscribers', async () => {
      await store().topics.subscribe('a', 'room', ['u', 'v'], T0);
      expect(await store().topics.subscribe('b', 'room', ['u'], T0)).toEqual(['u']);
      await store().topics.unsubscribe('a', 'room', ['u']);
      expect((await store().topics.subscribers('b', 'room', '', 9)).map((one) => one.user)).toEqual(['u']);
      expect([await store().topics.count('a', 'room'), await store().topics.count('b', 'room')]).toEqual([1, 1]);
      const both = ['a', 'b'].map((tenant) => ({ tenant, user: 'u' }));
      expect(await store().topics.subscriptions(both)).toEqual([[], [{ topic: 'room', since: 0 }]]);
    });

    it('share no read marks, presence or revocations, and recall only their own', async () => {
      const [state] = await store().messages.states([{ tenant: 'a', stream: 'room' }]);
      const position = { epoch: state?.epoch ?? '', seq: 1 };
      for (const tenant of ['a', 'b']) await store().messages.append([append('m', ['room'], { tenant })]);
      await store().reads.advance([{ tenant: 'a', stream: 'room', user: 'u', position, at: T0 }]);
      const unread = await store().reads.unread(
        ['a', 'b'].map((tenant) => ({ tenant, stream: 'room', user: 'u', now: T0 })),
      );
      expect(unread).toEqual([new Map(), new Map([['', 1]])]);
      expect(await store().reads.changedSince([{ tenant: 'b', user: 'u', since: 0 }])).toEqual([[]]);
      expect(await store().reads.readers('b', [{ stream: 'room', ...position }])).toEqual([0]);

      const connected = { user: 'u', device: 'd', connection: 'c', node: 'n', transport: 't', online: true, at: T0 };
      await store().presence.record([{ tenant: 'a', ...connected }]);
      expect(await store().presence.load('b', ['u'], T0)).toEqual([[]]);

      await store().access.revoke({ tenant: 'a', user: 'u', at: T0 });
      expect(await store().access.revokedAt([{ tenant: 'b', user: 'u' }])).toEqual([undefined]);

      await store().messages.recall('a', 'm', T0);
      expect((await store().messages.find('b', 'm'))?.message.recalledAt).toEqual(undefined);
      expect(await store().messages.recalledSince([{ tenant: 'b', stream: 'room' }], 0)).toEqual([]);
    });
  });
}
