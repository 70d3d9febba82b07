import type { StoreChapter } from './store-harness.js';
import { append, contents, T0, TENANT } from './store-samples.js';
import { rejection } from './suite-runner.js';

export function lifetimeConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('open and close', () => {
    it('can both be asked for twice', async () => {
      await store().open();
      await Promise.all([store().open(), store().open()]);
      await store().messages.append([append('m1', ['room'])]);
      await store().close();
      await Promise.all([store().close(), store().close()]);
    });

    it('keeps what was answered before the close', async () => {
      const appends = Array.from({ length: 20 }, (_, i) => store().messages.append([append(`m${i}`, ['room'])]));
      await Promise.all(appends);
      await reopen();
      expect((await contents(store().messages, 'room')).length).toEqual(20);
    });

    it('makes every method reject after close', async () => {
      const { messages, cursors, devices, topics, reads, presence, access } = store();
      const ref = { tenant: TENANT, user: 'u', device: 'd' };
      const stream = { tenant: TENANT, stream: 'room' };
      const calls: Record<string, () => Promise<unknown>> = {
        append: () => messages.append([append('m', ['room'])]),
        read: () => messages.read([{ ...stream, after: 0, limit: 1 }]),
        states: () => messages.states([stream]),
        find: () => messages.find(TENANT, 'm'),
        due: () => messages.due(T0, 1),
        recall: () => messages.recall(TENANT, 'm', T0),
        recalledSince: () => messages.recalledSince([stream], 0),
        trim: () => messages.trim({ acceptedBefore: 0, keepPerStream: 1, limit: 1, now: 0 }),
        load: () => cursors.load(ref),
        advance: () => cursors.advance([{ ...ref, stream: 'room', position: { epoch: 'e', seq: 1 } }]),
        reached: () => cursors.reached(TENANT, [{ stream: 'room', epoch: 'e', seq: 1 }]),
        put: () => devices.put({ ...ref, platform: 'web', tokens: [], registeredAt: 0, updatedAt: 0 }),
        list: () => devices.list(TENANT, 'u'),
        remove: () => devices.remove(ref),
        subscribe: () => topics.subscribe(TENANT, 'room', ['u'], 0),
        unsubscribe: () => topics.unsubscribe(TENANT, 'room', ['u']),
        subscribers: () => topics.subscribers(TENANT, 'room', '', 1),
        count: () => topics.count(TENANT, 'room'),
        subscriptions: () => topics.subscriptions(TENANT, 'u'),
        setFollow: () => topics.setFollow(ref, { topic: 'room', following: true }),
        follows: () => topics.follows(ref),
        mark: () => reads.advance([{ ...stream, user: 'u', position: { epoch: 'e', seq: 1 }, at: T0 }]),
        changedSince: () => reads.changedSince(TENANT, 'u', 0),
        unread: () => reads.unread([{ ...stream, user: 'u', now: T0 }]),
        readers: () => reads.readers(TENANT, [{ stream: 'room', epoch: 'e', seq: 1 }]),
        record: () => presence.record([{ ...ref, connection: 'c', node: 'n', transport: 't', online: true, at: T0 }]),
        lease: () => presence.lease('n', T0, T0 + 1),
        release: () => presence.release('n'),
        loadPresence: () => presence.load(TENANT, ['u'], T0),
        revoke: () => access.revoke({ tenant: TENANT, user: 'u', at: T0 }),
        revokedAt: () => access.revokedAt(TENANT, 'u'),
        revokedSince: () => access.revokedSince(0),
        putTicket: () => access.putTicket({ digest: 'd', identity: '{}', expiresAt: T0 }, T0),
        takeTicket: () => access.takeTicket('d'),
      };
      await store().close();
      for (const [name, call] of Object.entries(calls)) {
        expect([name, await rejection(call)]).toEqual([name, 'STORE_UNAVAILABLE']);
      }
    });
  });
}
