import { claimOf, keyOf, row, stepOf } from './notification-samples.js';
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
      const { messages, cursors, devices, topics, reads, presence, access, jobs } = store();
      const { notifications, settings, preferences, erase, lists } = store();
      const ref = { tenant: TENANT, user: 'u', device: 'd' };
      const stream = { tenant: TENANT, stream: 'room' };
      const job = { tenant: TENANT, kind: 'k', id: 'j' };
      const calls: Record<string, () => Promise<unknown>> = {
        append: () => messages.append([append('m', ['room'])]),
        read: () => messages.read([{ ...stream, after: 0, limit: 1 }]),
        states: () => messages.states([stream]),
        find: () => messages.find(TENANT, 'm'),
        findAll: () => messages.findAll([{ tenant: TENANT, id: 'm' }]),
        placesIn: () => messages.placesIn({ tenant: TENANT, id: 'm' }, ['room']),
        due: () => messages.due(T0, 1),
        recall: () => messages.recall(TENANT, 'm', T0),
        recalledSince: () => messages.recalledSince([stream], 0),
        trim: () => messages.trim({ acceptedBefore: 0, keepPerStream: 1, limit: 1, now: 0 }),
        usage: () => messages.usage('t'),
        load: () => cursors.load([ref]),
        advance: () => cursors.advance([{ ...ref, stream: 'room', position: { epoch: 'e', seq: 1 } }]),
        reached: () => cursors.reached(TENANT, [{ stream: 'room', epoch: 'e', seq: 1 }]),
        reachedBy: () => cursors.reachedBy([{ ...ref, stream: 'room', epoch: 'e', seq: 1 }]),
        put: () => devices.put({ ...ref, platform: 'web', tokens: [], registeredAt: 0, updatedAt: 0 }),
        list: () => devices.list(TENANT, 'u'),
        of: () => devices.of([ref]),
        users: () => devices.users(TENANT, '', 1),
        dropTokens: () => devices.dropTokens([{ ...ref, token: { provider: 'p', token: 't' }, before: T0 }]),
        remove: () => devices.remove(ref),
        subscribe: () => topics.subscribe(TENANT, 'room', ['u'], 0),
        unsubscribe: () => topics.unsubscribe(TENANT, 'room', ['u']),
        subscribers: () => topics.subscribers(TENANT, 'room', '', 1),
        count: () => topics.count(TENANT, 'room'),
        subscriptions: () => topics.subscriptions([ref]),
        setFollow: () => topics.setFollow(ref, { topic: 'room', following: true }),
        follows: () => topics.follows([ref]),
        mark: () => reads.advance([{ ...stream, user: 'u', position: { epoch: 'e', seq: 1 }, at: T0 }]),
        changedSince: () => reads.changedSince([{ ...ref, since: 0 }]),
        unread: () => reads.unread([{ ...stream, user: 'u', now: T0 }]),
        readers: () => reads.readers(TENANT, [{ stream: 'room', epoch: 'e', seq: 1 }]),
        covers: () => reads.covers([{ ...ref, stream: 'room', epoch: 'e', seq: 1 }]),
        record: () => presence.record([{ ...ref, connection: 'c', node: 'n', transport: 't', online: true, at: T0 }]),
        lease: () => presence.lease('n', T0, T0 + 1),
        release: () => presence.release('n'),
        loadPresence: () => presence.load(TENANT, ['u'], T0),
        holders: () => presence.holders([ref], T0),
        revoke: () => access.revoke({ tenant: TENANT, user: 'u', at: T0 }),
        revokedAt: () => access.revokedAt([ref]),
        revokedSince: () => access.revokedSince(0),
        putTicket: () => access.putTicket({ digest: 'd', identity: '{}', expiresAt: T0 }, T0),
        takeTicket: () => access.takeTicket('d'),
        claim: () => jobs.claim({ kind: 'k', owner: 'o', now: T0, leaseUntil: T0 + 1, limit: 1, busy: [] }),
        take: () => jobs.take({ kind: 'k', owner: 'o', now: T0, leaseUntil: T0 + 1, limit: 1, perTenant: 1 }),
        hasten: () => jobs.hasten([job], T0),
        finishAll: () => jobs.finishAll([job], 'o'),
        postpone: () => jobs.postpone(job, 'o', T0),
        finish: () => jobs.finish(job, 'o'),
        bury: () => jobs.bury(job, 'o', 'broken', T0),
        findJob: () => jobs.find(job),
        dead: () => jobs.dead(TENANT, 'k', 1),
        pending: () => jobs.pending('k'),
        decide: () => notifications.decide([stepOf('m', [row(['m', 'u', 'd'])])], T0),
        claimNotifications: () => notifications.claim(claimOf()),
        settle: () => notifications.settle([row(['m', 'u', 'd'])], 'o', T0),
        findNotifications: () => notifications.find(TENANT, 'm', { limit: 1 }),
        countNotifications: () => notifications.count(TENANT, ['m']),
        outstanding: () => notifications.outstanding([ref], 0),
        sentSince: () => notifications.sentSince([{ ...ref, provider: 'p', since: 0 }]),
        recent: () => notifications.recent([{ ...ref, thread: 't', since: 0 }]),
        markNotification: () => notifications.mark([{ ...keyOf(['m', 'u', 'd']), shownAt: T0 }]),
        byProviderId: () => notifications.byProviderId(TENANT, 'p', 'n'),
        deadNotifications: () => notifications.dead(TENANT, { limit: 1 }),
        replay: () => notifications.replay(TENANT, undefined, T0),
        hastenNotifications: () => notifications.hasten(TENANT, 'apns', ['transient'], T0),
        purge: () => notifications.purge(TENANT, undefined),
        pendingNotifications: () => notifications.pending(),
        trimNotifications: () => notifications.trim(T0, 1),
        getSettings: () => settings.get([{ tenant: TENANT, name: 's' }]),
        listSettings: () => settings.list(TENANT, ''),
        putSetting: () => settings.put({ tenant: TENANT, name: 's' }, 'v', T0),
        removeSetting: () => settings.remove({ tenant: TENANT, name: 's' }),
        putPreferences: () => preferences.put(ref, {}, T0),
        loadPreferences: () => preferences.load([ref]),
        beginToErase: () =>
          erase.begin({ ...ref, at: T0, mark: 'r', job: { ...job, payload: '{}', position: 0, size: 1, dueAt: 0 } }),
        erase: () => erase.step({ ...ref, at: T0, mark: 'r', limit: 1 }),
        endToErase: () => erase.end({ ...ref, at: T0, job }),
        forgetErased: () => erase.forget(T0),
        listMessages: () => lists.messages({ tenant: TENANT, limit: 1 }),
        listUsers: () => lists.users({ tenant: TENANT, prefix: '', after: '', limit: 1 }),
        listTopics: () => lists.topics({ tenant: TENANT, prefix: '', after: '', limit: 1 }),
        listCursors: () => lists.cursors(ref),
        time: () => store().time(T0),
      };
      await store().close();
      for (const [name, call] of Object.entries(calls)) {
        expect([name, await rejection(call)]).toEqual([name, 'STORE_UNAVAILABLE']);
      }
    });
  });
}
