import type { NotificationRow } from '../../store/notification-store.js';
import { claimOf, keyOf, nameOf, row, storeRows } from './notification-samples.js';
import type { StoreChapter } from './store-harness.js';
import { T0, TENANT } from './store-samples.js';

const dead = (messageId: string, over: Partial<NotificationRow> = {}): NotificationRow =>
  row([messageId, 'u', 'd'], { state: 'dead', attempts: 8, unknown: 2, reason: 'attempts', ...over });

export function notificationEndConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const first = async (messageId: string, tenant = TENANT) =>
    (await store().notifications.find(tenant, messageId, { limit: 1 }))[0];
  const deadOf = async (tenant: string, page: { after?: number; limit: number }) =>
    (await store().notifications.dead(tenant, page)).map((one) => one.messageId);
  const key = (messageId: string, tenant = TENANT) => keyOf([messageId, 'u', 'd'], tenant);

  describe('notifications that were accepted', () => {
    it('are marked with what becomes known later, each once', async () => {
      const one = row(['m', 'u', 'd'], { state: 'accepted', reason: 'accepted' });
      await storeRows(store(), [one, row(['m', 'u', 'e'], { state: 'accepted' })]);
      const { notifications } = store();
      expect(await notifications.mark([{ ...key('m'), shownAt: T0 + 5 }])).toEqual([true]);
      expect(
        await notifications.mark([
          { ...key('m'), shownAt: T0 + 6, openedAt: T0 + 7 },
          { ...key('m'), openedAt: T0 + 8, retractedAt: T0 + 9 },
        ]),
      ).toEqual([true, true]);
      await reopen();
      const marks = { shownAt: T0 + 5, openedAt: T0 + 7, retractedAt: T0 + 9 };
      expect(await first('m')).toEqual({ ...one, ...marks });
      const [, other] = await store().notifications.find(TENANT, 'm', { limit: 2 });
      expect([other?.device, other?.shownAt]).toEqual(['e', undefined]);
    });

    it('can fail after all', async () => {
      await storeRows(store(), [row(['m', 'u', 'd'], { state: 'accepted' })]);
      const mark = { ...key('m'), state: 'failed' as const, reason: 'token_invalid' };
      expect(await store().notifications.mark([mark])).toEqual([true]);
      expect([(await first('m'))?.state, (await first('m'))?.reason]).toEqual(['failed', 'token_invalid']);
      expect(await store().notifications.mark([{ ...key('m'), shownAt: T0 }])).toEqual([false]);
      expect(await store().notifications.count(TENANT, ['m'])).toEqual([{ notified: 0, failed: 1 }]);
    });

    it('are marked, and no others', async () => {
      await storeRows(store(), [row(['m1', 'u', 'd']), row(['m2', 'u', 'd'], { state: 'accepted', tenant: 'other' })]);
      const marks = ['m1', 'm2', 'never'].map((id) => ({ ...key(id), shownAt: T0 + 5, retractedAt: T0 + 5 }));
      expect(await store().notifications.mark(marks)).toEqual([false, false, false]);
      expect([(await first('m1'))?.shownAt, (await first('m2', 'other'))?.shownAt]).toEqual([undefined, undefined]);
      expect(await store().notifications.mark([])).toEqual([]);
    });
  });

  describe('notifications that are hastened', () => {
    it('are due at once when they waited for that provider and reason, and no others', async () => {
      const waiting = (id: string, more: Partial<NotificationRow> = {}) =>
        row([id, 'u', 'd'], { state: 'waiting', dueAt: T0 + 9000, provider: 'apns', reason: 'config_error', ...more });
      await storeRows(store(), [
        waiting('m1'),
        waiting('m2', { reason: 'breaker_open' }),
        waiting('m3', { reason: 'transient' }),
        waiting('m4', { provider: 'fcm' }),
        waiting('m5', { dueAt: T0 + 10 }),
        waiting('m6', { tenant: 'other' }),
        row(['m7', 'u', 'd'], { provider: 'apns', reason: 'config_error', dueAt: T0 + 9000 }),
        dead('m8', { provider: 'apns', reason: 'config_error' }),
      ]);
      const hasten = () => store().notifications.hasten(TENANT, 'apns', ['config_error', 'breaker_open'], T0 + 50);
      expect([await store().notifications.hasten(TENANT, 'apns', [], T0 + 50), await hasten(), await hasten()]).toEqual(
        [0, 2, 0],
      );
      expect(await first('m2')).toEqual({
        ...waiting('m2', { reason: 'breaker_open' }),
        dueAt: T0 + 50,
        updatedAt: T0 + 50,
      });
      const claimed = await store().notifications.claim(claimOf({ now: T0 + 50 }));
      expect(claimed.map(nameOf).sort()).toEqual(['m1 u d', 'm2 u d', 'm5 u d']);
    });
  });

  describe('notifications that are dead', () => {
    it('are listed by tenant in pages, those that died last first', async () => {
      await storeRows(store(), [dead('m1'), dead('x', { tenant: 'other' })], T0 + 1);
      await storeRows(store(), [dead('m3'), dead('m2')], T0 + 5);
      await storeRows(store(), [dead('m4'), row(['no', 'u', 'd'], { state: 'failed' })], T0 + 3);
      await reopen();
      expect(await deadOf(TENANT, { limit: 9 })).toEqual(['m2', 'm3', 'm4', 'm1']);
      expect(await deadOf(TENANT, { limit: 2 })).toEqual(['m2', 'm3']);
      expect(await deadOf(TENANT, { limit: 2, after: 2 })).toEqual(['m4', 'm1']);
      expect(await deadOf(TENANT, { limit: 2, after: 4 })).toEqual([]);
      expect(await store().notifications.dead('other', { limit: 9 })).toEqual([
        { ...dead('x', { tenant: 'other' }), updatedAt: T0 + 1 },
      ]);
    });

    it('are tried again from the beginning when they are replayed', async () => {
      await storeRows(store(), [dead('m1'), dead('m2'), dead('m2', { tenant: 'other' }), row(['no', 'u', 'd'])]);
      const keys = [key('m2'), key('no'), key('never'), key('m2', 'other')];
      expect(await store().notifications.replay(TENANT, keys, T0 + 50)).toEqual(1);
      const { reason: _, ...rest } = dead('m2');
      const due = { state: 'waiting', dueAt: T0 + 50, attempts: 0, unknown: 0, updatedAt: T0 + 50 };
      expect(await first('m2')).toEqual({ ...rest, ...due });
      expect([(await first('no'))?.state, (await first('m2', 'other'))?.state]).toEqual(['sending', 'dead']);
      const claimed = await store().notifications.claim(claimOf({ now: T0 + 50 }));
      expect(claimed.map((one) => [nameOf(one), one.attempts, one.unknown])).toEqual([['m2 u d', 1, 0]]);
      expect(await deadOf(TENANT, { limit: 9 })).toEqual(['m1']);
    });

    it('are replayed a thousand at once where none are named', async () => {
      const many = Array.from({ length: 1003 }, (_, i) => dead(`m${i}`));
      await storeRows(store(), [...many, dead('x', { tenant: 'other' })]);
      expect(await store().notifications.replay(TENANT, [], T0)).toEqual(0);
      expect(await store().notifications.replay(TENANT, undefined, T0)).toEqual(1000);
      expect(await store().notifications.replay(TENANT, undefined, T0)).toEqual(3);
      expect(await store().notifications.replay(TENANT, undefined, T0)).toEqual(0);
      expect([await store().notifications.pending(), await deadOf('other', { limit: 9 })]).toEqual([1003, ['x']]);
    });

    it('are gone when they are purged', async () => {
      await storeRows(store(), [dead('m1'), dead('m2'), dead('m3'), dead('m1', { tenant: 'other' })]);
      await storeRows(store(), [row(['no', 'u', 'd'], { state: 'accepted' })]);
      const keys = [key('m1'), key('no'), key('never'), key('m1', 'other')];
      expect(await store().notifications.purge(TENANT, keys)).toEqual(1);
      expect(await deadOf(TENANT, { limit: 9 })).toEqual(['m2', 'm3']);
      expect(await store().notifications.purge(TENANT, undefined)).toEqual(2);
      expect(await store().notifications.purge(TENANT, undefined)).toEqual(0);
      expect([await first('m1'), (await first('no'))?.state]).toEqual([undefined, 'accepted']);
      expect(await deadOf('other', { limit: 9 })).toEqual(['m1']);
    });
  });

  describe('notifications that are old', () => {
    it('are removed once they have an outcome, as many as allowed in one call', async () => {
      const ended = ['accepted', 'failed', 'suppressed', 'cancelled', 'dead'] as const;
      await storeRows(
        store(),
        ended.map((state) => row([state, 'u', 'd'], { state })),
        T0 + 1,
      );
      await storeRows(store(), [row(['on', 'u', 'd']), row(['on', 'u', 'e'], { state: 'waiting' })], T0 + 1);
      await storeRows(store(), [row(['young', 'u', 'd'], { state: 'accepted' })], T0 + 9);
      expect(await store().notifications.trim(T0 + 1, 10)).toEqual(0);
      expect(await store().notifications.trim(T0 + 2, 3)).toEqual(3);
      expect(await store().notifications.trim(T0 + 2, 3)).toEqual(2);
      expect(await store().notifications.trim(T0 + 2, 3)).toEqual(0);
      expect([await first('young'), await first('on')].map((one) => one?.messageId)).toEqual(['young', 'on']);
      for (const state of ended) expect(await first(state)).toEqual(undefined);
      const [shown] = await store().notifications.outstanding([{ tenant: TENANT, user: 'u' }], 0);
      expect(shown?.map((one) => one.messageId)).toEqual(['young']);
      expect(await store().notifications.byProviderId(TENANT, 'apns', 'id accepted u d')).toEqual(undefined);
      expect(await store().notifications.pending()).toEqual(2);
    });
  });
}
