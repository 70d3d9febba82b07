import type { ClaimNotifications, NotificationRow } from '../../store/notification-store.js';
import { claimOf, keyOf, nameOf, OWNER, row, storeRows } from './notification-samples.js';
import type { StoreChapter } from './store-harness.js';
import { T0, TENANT } from './store-samples.js';

const waiting = (messageId: string, over: Partial<NotificationRow> = {}): NotificationRow =>
  row([messageId, 'u', 'd'], { state: 'waiting', dueAt: T0, attempts: 0, ...over });

export function notificationSendConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const claim = (over: Partial<ClaimNotifications> = {}) => store().notifications.claim(claimOf(over));
  const claimed = async (over?: Partial<ClaimNotifications>) => (await claim(over)).map((one) => one.messageId);
  const settle = (rows: readonly NotificationRow[], owner = OWNER, now = T0 + 5) =>
    store().notifications.settle(rows, owner, now);
  const first = async (messageId: string, tenant = TENANT) =>
    (await store().notifications.find(tenant, messageId, { limit: 1 }))[0];

  describe('notifications to be sent', () => {
    it('are claimed once due, and count the attempt', async () => {
      const late = waiting('m', { dueAt: T0 + 5, reason: 'throttled' });
      await storeRows(store(), [late]);
      expect(await claim({ now: T0 + 4 })).toEqual([]);
      const sending = { state: 'sending', owner: 'n2', dueAt: T0 + 60, attempts: 1, updatedAt: T0 + 5 };
      expect(await claim({ owner: 'n2', now: T0 + 5, leaseUntil: T0 + 60 })).toEqual([{ ...late, ...sending }]);
      await reopen();
      expect(await first('m')).toEqual({ ...late, ...sending });
      expect(await claim({ now: T0 + 59 })).toEqual([]);
    });

    it('are claimed again once their time is over, and then count one of which nothing is known', async () => {
      await storeRows(store(), [row(['m', 'u', 'd'], { owner: 'n9' })]);
      expect(await claimed({ now: T0 + 99 })).toEqual([]);
      const [again] = await claim({ now: T0 + 100, leaseUntil: T0 + 200 });
      expect([again?.attempts, again?.unknown, again?.owner]).toEqual([2, 1, OWNER]);
      const [third] = await claim({ now: T0 + 200, owner: 'n3', leaseUntil: T0 + 300 });
      expect([third?.attempts, third?.unknown, third?.owner]).toEqual([3, 2, 'n3']);
      await settle([{ ...(third as NotificationRow), state: 'waiting', dueAt: T0 + 300 }], 'n3');
      const [known] = await claim({ now: T0 + 300 });
      expect([known?.attempts, known?.unknown]).toEqual([4, 2]);
    });

    it('are claimed oldest first, as many as asked for', async () => {
      await storeRows(store(), [
        waiting('m3', { dueAt: T0 - 1 }),
        waiting('m1', { dueAt: T0 - 9 }),
        row(['m2', 'u', 'd'], { dueAt: T0 - 5 }),
        waiting('m4'),
      ]);
      expect(await claimed({ limit: 0 })).toEqual([]);
      expect((await claimed({ limit: 2 })).sort()).toEqual(['m1', 'm2']);
      expect((await claimed({ limit: 9 })).sort()).toEqual(['m3', 'm4']);
    });

    it('of one tenant keep none of another’s waiting', async () => {
      const many = Array.from({ length: 60 }, (_, i) => waiting(`m${i}`, { tenant: 'a', dueAt: T0 - 100 + i }));
      await storeRows(store(), [...many, waiting('b1', { tenant: 'b' }), waiting('c1', { tenant: 'c' })]);
      expect((await claimed({ limit: 10, perTenant: 3 })).sort()).toEqual(['b1', 'c1', 'm0', 'm1', 'm2']);
      expect((await claimed({ limit: 2, perTenant: 3 })).sort()).toEqual(['m3', 'm4']);
    });

    it('come in turns of the tenants, and not from those that are left out', async () => {
      const rows = ['a', 'b', 'c'].flatMap((tenant, at) =>
        Array.from({ length: 3 }, (_, i) => waiting(`${tenant}${i}`, { tenant, dueAt: T0 - 100 * at + i - 50 })),
      );
      await storeRows(store(), rows);
      expect((await claimed({ limit: 3 })).sort()).toEqual(['a0', 'b0', 'c0']);
      expect((await claimed({ limit: 9, without: ['b', 'never'] })).sort()).toEqual(['a1', 'a2', 'c1', 'c2']);
      expect(await claimed({ limit: 9, without: ['b'] })).toEqual([]);
      expect((await claimed({ limit: 9 })).sort()).toEqual(['b1', 'b2']);
    });

    it('are only those that wait or are being sent', async () => {
      const ended = ['accepted', 'failed', 'suppressed', 'cancelled', 'dead'] as const;
      await storeRows(
        store(),
        ended.map((state) => row([state, 'u', 'd'], { state, dueAt: T0 - 5 })),
      );
      expect(await claimed({ now: T0 + 1000 })).toEqual([]);
      expect(await store().notifications.pending()).toEqual(0);
      await storeRows(store(), [waiting('m1'), waiting('m2', { tenant: 'b' }), row(['m3', 'u', 'd'])]);
      expect(await store().notifications.pending()).toEqual(3);
    });

    it('are never claimed by two at once', async () => {
      const rows = Array.from({ length: 60 }, (_, i) => waiting(`m${i}`, { tenant: `t${i % 5}`, dueAt: T0 - i }));
      await storeRows(store(), rows);
      const names: string[] = [];
      for (let round = 0; round < 100 && names.length < rows.length; round++) {
        const owners = Array.from({ length: 8 }, (_, i) => `n${i}`);
        const answers = await Promise.all(owners.map((owner) => claim({ owner, limit: 4, perTenant: 2 })));
        names.push(...answers.flat().map((one) => `${one.tenant} ${nameOf(one)}`));
      }
      expect([names.length, new Set(names).size]).toEqual([rows.length, rows.length]);
    });

    it('are replaced by what came of them, by whoever is sending them', async () => {
      const mine = row(['m1', 'u', 'd']);
      const other = row(['m2', 'u', 'd'], { owner: 'n2' });
      const idle = waiting('m3');
      await storeRows(store(), [mine, other, idle]);
      const took = { state: 'accepted', providerId: 'p1', reason: 'accepted', attempts: 2 } as const;
      const rows = [mine, other, idle, row(['never', 'u', 'd'])].map((one) => ({ ...one, ...took }));
      expect(await settle(rows)).toEqual([true, false, false, false]);
      const { owner: _, ...free } = mine;
      expect(await first('m1')).toEqual({ ...free, ...took, updatedAt: T0 + 5 });
      expect([await first('m2'), await first('m3'), await first('never')]).toEqual([other, idle, undefined]);
      // It has its outcome: there is nothing to be settled any more.
      expect(await settle([{ ...mine, state: 'failed' }])).toEqual([false]);
      expect((await first('m1'))?.state).toEqual('accepted');
    });

    it('can be settled late, as long as nobody else took them', async () => {
      const one = row(['m1', 'u', 'd']);
      const lost = row(['m2', 'u', 'd']);
      await storeRows(store(), [one]);
      expect(await settle([{ ...one, state: 'accepted' }], OWNER, T0 + 5000)).toEqual([true]);
      await storeRows(store(), [lost]);
      await claim({ now: T0 + 100, owner: 'n2' });
      expect(await settle([{ ...lost, state: 'accepted' }], OWNER, T0 + 5000)).toEqual([false]);
      expect((await first('m2'))?.owner).toEqual('n2');
    });

    it('lose the fields they are settled without', async () => {
      const one = row(['m', 'u', 'd'], { reason: 'transient', providerId: 'p', thread: 't' });
      await storeRows(store(), [one]);
      const { reason: _, providerId: __, ...rest } = one;
      await settle([{ ...rest, state: 'waiting', dueAt: T0 + 9 }]);
      const found = await first('m');
      expect([found?.reason, found?.providerId, found?.thread, found?.dueAt, found?.owner]).toEqual([
        undefined,
        undefined,
        't',
        T0 + 9,
        undefined,
      ]);
    });

    it('are settled for their own tenant, a thousand at once, and none', async () => {
      expect(await settle([])).toEqual([]);
      await storeRows(store(), [row(['m', 'u', 'd'], { tenant: 'a' }), row(['m', 'u', 'd'], { tenant: 'b' })]);
      expect(await settle([row(['m', 'u', 'd'], { tenant: 'a', state: 'failed' })])).toEqual([true]);
      expect([(await first('m', 'a'))?.state, (await first('m', 'b'))?.state]).toEqual(['failed', 'sending']);
      const many = Array.from({ length: 1000 }, (_, i) => row(['wide', `u${i}`, 'd']));
      await storeRows(store(), many);
      const outcomes = await settle(many.map((one) => ({ ...one, state: 'accepted' as const })));
      expect(outcomes.filter(Boolean).length).toEqual(1000);
      expect(await store().notifications.count(TENANT, ['wide'])).toEqual([{ notified: 1000, failed: 0 }]);
    });

    it('outlive the device they are for, and are settled all the same', async () => {
      const ref = { tenant: TENANT, user: 'u', device: 'd' };
      const device = { ...ref, platform: 'ios', tokens: [{ provider: 'apns', token: 'a' }] };
      await store().devices.put({ ...device, registeredAt: T0, updatedAt: T0 });
      await storeRows(store(), [waiting('m1'), row(['m2', 'u', 'd'])]);
      await store().devices.remove(ref);
      expect(await claimed()).toEqual(['m1']);
      expect(
        await settle([row(['m1', 'u', 'd'], { state: 'cancelled' }), row(['m2', 'u', 'd'], { state: 'failed' })]),
      ).toEqual([true, true]);
      const key = keyOf(['m1', 'u', 'd']);
      expect((await first(key.messageId))?.state).toEqual('cancelled');
    });
  });
}
