import type { TicketRecord } from '../../store/access-store.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

const ticket = (digest: string, expiresAt = T0 + 30_000): TicketRecord => ({
  digest,
  identity: JSON.stringify({ tenant: TENANT, user: "o'%👍" }),
  expiresAt,
});

export function accessConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('revocations', () => {
    const revokedAt = async (user: string) => (await store().access.revokedAt([{ tenant: TENANT, user }]))[0];
    const revoke = (user: string, at: number, tenant = TENANT) => store().access.revoke({ tenant, user, at });

    it('are none for a user who was not revoked', async () => {
      expect(await revokedAt('u')).toEqual(undefined);
      expect(await store().access.revokedSince(0)).toEqual([]);
    });

    it('are kept by user, also after a restart', async () => {
      for (const [i, id] of ODD_IDS.entries()) await revoke(id, T0 + i);
      await reopen();
      for (const [i, id] of ODD_IDS.entries()) expect(await revokedAt(id)).toEqual(T0 + i);
      expect(await revokedAt('other')).toEqual(undefined);
    });

    it('only move forward', async () => {
      await revoke('u', T0 + 5);
      await revoke('u', T0 + 3);
      expect(await revokedAt('u')).toEqual(T0 + 5);
      await revoke('u', T0 + 7);
      expect(await store().access.revokedSince(0)).toEqual([{ tenant: TENANT, user: 'u', at: T0 + 7 }]);
    });

    it('are answered for many users, in their order, of any tenant, the same user twice too', async () => {
      await revoke('u', T0 + 1);
      await revoke('u', T0 + 2, 'other');
      await revoke('v', T0 + 3);
      const asked = ['v', 'never', 'u', 'v'].map((user) => ({ tenant: TENANT, user }));
      const answers = await store().access.revokedAt([...asked, { tenant: 'other', user: 'u' }]);
      expect(answers).toEqual([T0 + 3, undefined, T0 + 1, T0 + 3, T0 + 2]);
      expect(await store().access.revokedAt([])).toEqual([]);
      const thousand = Array.from({ length: 1000 }, (_, i) => ({ tenant: TENANT, user: i === 999 ? 'v' : `u${i}` }));
      expect((await store().access.revokedAt(thousand)).filter((at) => at !== undefined)).toEqual([T0 + 3]);
    });

    it('since a time are listed for all tenants, oldest first', async () => {
      await revoke('late', T0 + 3);
      await revoke('early', T0 + 1, 'other');
      await revoke('middle', T0 + 2);
      const since = async (at: number) => (await store().access.revokedSince(at)).map((one) => [one.tenant, one.user]);
      expect(await since(0)).toEqual([
        ['other', 'early'],
        [TENANT, 'middle'],
        [TENANT, 'late'],
      ]);
      expect(await since(T0 + 2)).toEqual([
        [TENANT, 'middle'],
        [TENANT, 'late'],
      ]);
      expect(await since(T0 + 4)).toEqual([]);
    });
  });

  describe('tickets', () => {
    it('are given out once, as they were put, also after a restart', async () => {
      await store().access.putTicket(ticket('d1'), T0);
      await store().access.putTicket(ticket('d2'), T0);
      await reopen();
      expect(await store().access.takeTicket('d1')).toEqual(ticket('d1'));
      expect(await store().access.takeTicket('d1')).toEqual(undefined);
      await reopen();
      expect(await store().access.takeTicket('d1')).toEqual(undefined);
      expect(await store().access.takeTicket('d2')).toEqual(ticket('d2'));
      expect(await store().access.takeTicket('never')).toEqual(undefined);
    });

    it('go to one of those who ask at once', async () => {
      await store().access.putTicket(ticket('d'), T0);
      const taken = await Promise.all([1, 2, 3, 4].map(() => store().access.takeTicket('d')));
      expect(taken.filter((one) => one !== undefined)).toEqual([ticket('d')]);
    });

    it('are forgotten after they expired', async () => {
      await store().access.putTicket(ticket('old', T0 + 5), T0);
      await store().access.putTicket(ticket('young', T0 + 6), T0);
      await store().access.putTicket(ticket('new'), T0 + 5);
      expect(await store().access.takeTicket('old')).toEqual(undefined);
      expect(await store().access.takeTicket('young')).toEqual(ticket('young', T0 + 6));
    });
  });
}
