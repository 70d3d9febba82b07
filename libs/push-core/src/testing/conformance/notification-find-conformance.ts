import type { NotificationRow } from '../../store/notification-store.js';
import { inByteOrder } from './device-conformance.js';
import { nameOf, row, storeRows } from './notification-samples.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

const accepted = (messageId: string, over: Partial<NotificationRow> = {}, user = 'u', device = 'd'): NotificationRow =>
  row([messageId, user, device], { state: 'accepted', ...over });

export function notificationFindConformance({ runner: { describe, it, expect }, store }: StoreChapter): void {
  describe('notifications', () => {
    it('of a message are found by user and device, in pages', async () => {
      const rows = [...ODD_IDS].reverse().flatMap((user) => ['', 'b', 'a'].map((device) => row(['m', user, device])));
      await storeRows(store(), [...rows, row(['m2', 'u', 'd'])]);
      const names: string[] = [];
      let after: { user: string; device: string } | undefined;
      for (let page = 0; page < 100; page++) {
        const found = await store().notifications.find(TENANT, 'm', { after, limit: 4 });
        if (found.length === 0) break;
        names.push(...found.map(nameOf));
        after = found.at(-1);
      }
      expect(names).toEqual(inByteOrder(ODD_IDS).flatMap((user) => ['', 'a', 'b'].map((d) => `m ${user} ${d}`)));
      expect(await store().notifications.find('other', 'm', { limit: 9 })).toEqual([]);
    });

    it('of a message and a user are found by device', async () => {
      await storeRows(store(), [
        row(['m', 'u', 'b']),
        row(['m', 'u', '']),
        row(['m', 'u', 'a']),
        row(['m', 'u2', 'a']),
        row(['m', 't', 'z']),
        row(['m2', 'u', 'a']),
      ]);
      const found = async (page: Omit<Parameters<ReturnType<typeof store>['notifications']['find']>[2], 'user'>) =>
        (await store().notifications.find(TENANT, 'm', { user: 'u', ...page })).map((one) => one.device);
      expect(await found({ limit: 9 })).toEqual(['', 'a', 'b']);
      expect(await found({ limit: 2 })).toEqual(['', 'a']);
      expect(await found({ limit: 2, after: { user: 'u', device: 'a' } })).toEqual(['b']);
      expect(await store().notifications.find(TENANT, 'm', { user: 'never', limit: 9 })).toEqual([]);
    });

    it('are counted by user, for each message', async () => {
      await storeRows(store(), [
        accepted('m1', {}, 'u1', 'a'),
        accepted('m1', {}, 'u1', 'b'),
        row(['m1', 'u1', 'c'], { state: 'failed' }),
        accepted('m1', { retractedAt: T0 }, 'u2'),
        row(['m1', 'u3', 'a'], { state: 'failed' }),
        row(['m1', 'u3', 'b'], { state: 'failed' }),
        row(['m1', 'u4', 'd'], { state: 'dead' }),
        row(['m1', 'u5', ''], { state: 'suppressed' }),
        row(['m1', 'u6', 'd'], { state: 'waiting' }),
        row(['m1', 'u7', 'd']),
        accepted('m2'),
        accepted('m2', { tenant: 'other' }),
        accepted('m2', { tenant: 'other' }, 'v'),
      ]);
      const counts = await store().notifications.count(TENANT, ['m2', 'm1', 'never', 'm2']);
      const one = { notified: 1, failed: 0 };
      expect(counts).toEqual([one, { notified: 2, failed: 2 }, { notified: 0, failed: 0 }, one]);
      expect(await store().notifications.count(TENANT, [])).toEqual([]);
    });

    it('that are still shown are listed by user, oldest first', async () => {
      await storeRows(store(), [
        accepted('m3', { createdAt: T0 + 3 }),
        accepted('m1', { createdAt: T0 + 1 }),
        accepted('m2', { createdAt: T0 + 2, thread: 't' }, 'u', 'e'),
        accepted('m4', { createdAt: T0 + 4 }, 'v'),
        accepted('gone', { createdAt: T0 + 3, retractedAt: T0 + 9 }),
        accepted('m1', { createdAt: T0 + 1, tenant: 'other' }),
        row(['sent', 'u', 'd'], { createdAt: T0 + 3 }),
        row(['not', 'u', 'd'], { createdAt: T0 + 3, state: 'failed' }),
      ]);
      const outstanding = async (since: number, ...users: string[]) => {
        const asked = users.map((user) => ({ tenant: TENANT, user }));
        const answers = await store().notifications.outstanding(asked, since);
        return answers.map((rows) => rows.map((one) => one.messageId));
      };
      const all = ['m1', 'm2', 'm3'];
      expect(await outstanding(0, 'v', 'u', 'never', 'u')).toEqual([['m4'], all, [], all]);
      expect(await outstanding(T0 + 2, 'u', 'v')).toEqual([['m2', 'm3'], ['m4']]);
      expect(await outstanding(0)).toEqual([]);
    });

    it('that are still shown are listed up to 200 a user', async () => {
      const many = Array.from({ length: 201 }, (_, i) => accepted(`m${i}`, { createdAt: T0 + i }));
      await storeRows(store(), [...many, accepted('m', {}, 'v')]);
      const asked = ['u', 'v'].map((user) => ({ tenant: TENANT, user }));
      const [ofU = [], ofV = []] = await store().notifications.outstanding(asked, 0);
      expect([ofU.length, ofU[0]?.messageId, ofU.at(-1)?.messageId, ofV.length]).toEqual([200, 'm0', 'm199', 1]);
    });

    it('that went to a device by a provider are counted since they were accepted', async () => {
      await storeRows(
        store(),
        [accepted('m1'), accepted('m2', { provider: 'fcm' }), accepted('m3', {}, 'u', 'e')],
        T0 + 1,
      );
      await storeRows(
        store(),
        [accepted('m4', { createdAt: T0 - 50 }), row(['m5', 'u', 'd'], { state: 'failed' })],
        T0 + 5,
      );
      await storeRows(store(), [row(['m6', 'u', 'd']), accepted('m1', { tenant: 'other' })], T0 + 5);
      const ask = (since: number, device = 'd', provider = 'apns') => ({
        tenant: TENANT,
        user: 'u',
        device,
        provider,
        since,
      });
      const asked = [
        ask(0),
        ask(T0 + 1),
        ask(T0 + 2),
        ask(T0 + 6),
        ask(0, 'd', 'fcm'),
        ask(0, 'e'),
        ask(0, 'x'),
        ask(0),
      ];
      expect(await store().notifications.sentSince(asked)).toEqual([2, 2, 1, 0, 1, 1, 0, 2]);
      expect(await store().notifications.sentSince([])).toEqual([]);
    });

    it('of a thread are counted once a message, since they were made', async () => {
      await storeRows(store(), [
        accepted('m1', { thread: 't', createdAt: T0 + 1 }, 'u', 'a'),
        accepted('m1', { thread: 't', createdAt: T0 + 1 }, 'u', 'b'),
        row(['m2', 'u', 'a'], { thread: 't', createdAt: T0 + 3 }),
        row(['m3', 'u', 'a'], { thread: 't', createdAt: T0 + 4, state: 'waiting' }),
        row(['m4', 'u', 'a'], { thread: 't', createdAt: T0 + 4, state: 'suppressed' }),
        row(['m5', 'u', 'a'], { thread: 't', createdAt: T0 + 4, state: 'failed' }),
        accepted('m6', { thread: 'other', createdAt: T0 + 2 }),
        accepted('m7', { createdAt: T0 + 2 }),
        accepted('m8', { thread: 't', createdAt: T0 + 5, covers: 7 }, 'v'),
        accepted('m1', { thread: 't', createdAt: T0 + 9, tenant: 'other' }),
      ]);
      const ask = (user: string, thread: string, since: number) => ({ tenant: TENANT, user, thread, since });
      const recent = await store().notifications.recent([
        ask('u', 't', 0),
        ask('u', 't', T0 + 1),
        ask('u', 't', T0 + 2),
        ask('u', 't', T0 + 4),
        ask('v', 't', 0),
        ask('u', 'other', 0),
        ask('never', 't', 0),
      ]);
      expect(recent).toEqual([
        { count: 2, last: T0 + 3 },
        { count: 2, last: T0 + 3 },
        { count: 1, last: T0 + 3 },
        { count: 0 },
        { count: 1, last: T0 + 5 },
        { count: 1, last: T0 + 2 },
        { count: 0 },
      ]);
      expect(await store().notifications.recent([])).toEqual([]);
    });

    it('are found by the name they have at the provider, and by ours', async () => {
      await storeRows(store(), [
        accepted('m1', { notificationId: 'n1', providerId: "p'1" }),
        accepted('m2', { notificationId: 'n2' }),
        accepted('m3', { notificationId: 'n3', providerId: "p'1", provider: 'fcm' }),
        accepted('m4', { notificationId: 'n1', tenant: 'other' }),
        row(['m5', 'u', ''], { state: 'suppressed', notificationId: 'n5' }),
      ]);
      const named = async (id: string, provider = 'apns', tenant = TENANT) =>
        (await store().notifications.byProviderId(tenant, provider, id))?.messageId;
      expect([await named("p'1"), await named('n1'), await named('n2')]).toEqual(['m1', 'm1', 'm2']);
      expect([await named("p'1", 'fcm'), await named('n1', 'apns', 'other')]).toEqual(['m3', 'm4']);
      expect([await named('n5'), await named('never'), await named('n1', 'fcm')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      await storeRows(store(), [row(['m6', 'u', 'd'], { notificationId: 'n6' })]);
      expect(await named('p6')).toEqual(undefined);
      await store().notifications.settle([accepted('m6', { notificationId: 'n6', providerId: 'p6' })], 'n1', T0);
      expect([await named('p6'), await named('n6')]).toEqual(['m6', 'm6']);
    });
  });
}
