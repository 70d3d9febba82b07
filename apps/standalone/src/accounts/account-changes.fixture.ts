import { describe, expect, it } from '@jest/globals';
import type { Accounts } from './accounts.js';
import { newApiKey } from './api-key.js';
import { makeFirstKeys } from './first-start.js';
import { openedAccounts } from './opened-accounts.fixture.js';
import { SETTLE_MS, tokenSecrets } from './token-secrets.js';

const SECRET = new Uint8Array(32).fill(7);
const NOW = 1_790_000_000_000;

/** What every implementation promises of tenants that are changed, and that go. */
export function describeAccountChanges(title: string, make: () => Accounts | Promise<Accounts>): void {
  describe(`${title}: tenants that change`, () => {
    const accounts = openedAccounts(make);

    it('come in pages, in the order of their bytes', async () => {
      for (const id of ['c', 'a', 'B', 'b']) await accounts().addTenant({ id, createdAt: 1 }, SECRET);
      const ids = async (page: { after?: string; limit?: number }) =>
        (await accounts().tenants(page)).map((tenant) => tenant.id);
      expect(await ids({ limit: 3 })).toEqual(['B', 'a', 'b']);
      expect(await ids({ after: 'b', limit: 3 })).toEqual(['c']);
      expect(await ids({ after: 'a' })).toEqual(['b', 'c']);
    });

    it('keep name, limits, issuers and a suspension, and lose what is taken back', async () => {
      await accounts().addTenant({ id: 't', name: 'Größte & 中', createdAt: NOW }, SECRET);
      await accounts().addTenant({ id: 'other', createdAt: NOW }, SECRET);
      const limits = { publishesPerSecond: 5, retentionMs: 86_400_000, storedBytes: 2 ** 40 };
      const issuers = [{ issuer: 'https://i.example', jwksUrl: 'https://i.example/jwks', algorithms: ['ES256'] }];
      expect(await accounts().changeTenant('t', { limits })).toEqual({
        id: 't',
        name: 'Größte & 中',
        createdAt: NOW,
        limits,
      });
      await accounts().changeTenant('t', { issuers });
      const full = {
        ...{ id: 't', name: 'Größte & 中', createdAt: NOW, limits, issuers },
        ...{ suspendedAt: NOW + 1, suspendReason: 'unpaid' },
      };
      expect(await accounts().changeTenant('t', { suspended: { at: NOW + 1, reason: 'unpaid' } })).toEqual(full);
      expect(await accounts().tenant('t')).toEqual(full);
      expect(await accounts().latestTenant('t')).toEqual(full);
      expect((await accounts().exceptionalTenants()).map(({ id }) => id)).toEqual(['t']);

      const back = await accounts().changeTenant('t', { limits: {}, issuers: [], suspended: false });
      expect({ limits: {}, issuers: [], ...back }).toEqual({
        ...{ id: 't', name: 'Größte & 中', createdAt: NOW, limits: {}, issuers: [] },
      });
      expect(await accounts().exceptionalTenants()).toEqual([]);
      expect(await accounts().changeTenant('nowhere', { limits })).toBeUndefined();
    });

    it('sign with a new secret when every node knows it, and verify with the one before until its end', async () => {
      await accounts().addTenant({ id: 't', createdAt: NOW }, SECRET);
      const fresh = new Uint8Array(32).fill(8);
      const firstBytes = async (now: number) => (await tokenSecrets(accounts(), 't', now))?.map(([byte]) => byte);
      expect(await firstBytes(NOW)).toEqual([7]);
      expect(await accounts().rotateSecret('t', fresh, NOW, NOW + 60_000)).toBe(true);
      expect(await firstBytes(NOW)).toEqual([7, 8]);
      expect(await firstBytes(NOW + SETTLE_MS)).toEqual([8, 7]);
      expect(await firstBytes(NOW + 60_000)).toEqual([8]);
      expect(await accounts().rotateSecret('t', new Uint8Array(32).fill(9), NOW + 1, NOW + 1)).toBe(true);
      expect(await firstBytes(NOW + 1)).toEqual([9]);
      expect(await accounts().rotateSecret('nowhere', fresh, NOW, NOW)).toBe(false);
      expect(await tokenSecrets(accounts(), 'nowhere', NOW)).toBeUndefined();
    });

    it('go with their keys, and nothing of others goes with them', async () => {
      await accounts().addTenant({ id: 't', createdAt: 1 }, SECRET);
      await accounts().addTenant({ id: 'other', createdAt: 1 }, SECRET);
      const own = [newApiKey('t', 'admin', 1), newApiKey('t', 'reader', 2)];
      const theirs = newApiKey('other', 'admin', 1);
      for (const { stored } of [...own, theirs]) await accounts().addKey(stored);
      expect(await accounts().key(own[0]?.stored.id ?? '')).toBeDefined();
      expect(await accounts().secretsOf('t')).toBeDefined();
      expect(await accounts().tenant('t')).toBeDefined();

      expect(await accounts().removeTenant('t')).toBe(2);
      expect(await accounts().tenant('t')).toBeUndefined();
      expect(await accounts().secretsOf('t')).toBeUndefined();
      expect(await accounts().key(own[0]?.stored.id ?? '')).toBeUndefined();
      expect(await accounts().keys('other')).toHaveLength(1);
      expect(await accounts().removeTenant('t')).toBeUndefined();
      await expect(accounts().addTenant({ id: 't', createdAt: 2 }, SECRET)).resolves.toBe(true);
    });

    it('stay away: a tenant "default" that was deleted is not made again by the next start', async () => {
      await makeFirstKeys(accounts(), undefined, 1);
      await accounts().removeTenant('default');
      expect(await makeFirstKeys(accounts(), undefined, 2)).toEqual({});
      expect(await makeFirstKeys(accounts(), 'g'.repeat(32), 3)).toEqual({});
      expect(await accounts().tenants()).toEqual([]);
    });
  });
}
