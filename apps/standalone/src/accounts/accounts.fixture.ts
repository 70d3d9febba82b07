import { describe, afterEach, beforeEach, expect, it } from '@jest/globals';
import { AccountAuthenticator } from './account-authenticator.js';
import type { Accounts } from './accounts.js';
import { newApiKey } from './api-key.js';
import { firstStartText, makeFirstKeys } from './first-start.js';
import { describeAccountChanges } from './account-changes.fixture.js';
import { describeKeyEnds } from './key-ends.fixture.js';

/** What every implementation promises. `make`: one with nothing in it yet. */
export function describeAccounts(title: string, make: () => Accounts | Promise<Accounts>): void {
  describeAccountChanges(title, make);
  describeKeyEnds(title, make);
  describe(title, () => {
    let accounts: Accounts;
    beforeEach(async () => {
      accounts = await make();
      await accounts.open();
    });
    afterEach(() => accounts.close());

    it('keep a tenant once, with its secret', async () => {
      const secret = new Uint8Array(32).fill(9);
      await expect(accounts.addTenant({ id: 'b', createdAt: 1 }, secret)).resolves.toBe(true);
      await expect(accounts.addTenant({ id: 'b', createdAt: 2 }, new Uint8Array(32))).resolves.toBe(false);
      await accounts.addTenant({ id: 'a', createdAt: 3 }, secret);
      expect(await accounts.tenants()).toEqual([
        { id: 'a', createdAt: 3 },
        { id: 'b', createdAt: 1 },
      ]);
      const kept = await accounts.secretsOf('b');
      expect(ArrayBuffer.isView(kept?.current)).toBe(true);
      expect(Buffer.from(kept?.current ?? [])).toEqual(Buffer.from(secret));
      expect(kept?.previous).toBeUndefined();
      expect(await accounts.secretsOf('c')).toBeUndefined();
      expect(await accounts.tenant('c')).toBeUndefined();
    });

    it('know a key by its own tenant only, and forget it when it is removed', async () => {
      await makeFirstKeys(accounts, undefined, 1);
      const { key, stored } = newApiKey('default', 'reader', 5);
      await accounts.addKey(stored);
      const authenticator = new AccountAuthenticator(accounts);
      await expect(authenticator.authenticate(key, 'other')).resolves.toEqual({
        kind: 'ok',
        principal: {
          ...{ tenant: 'default', role: 'reader', everyTenant: false },
          actor: { kind: 'key', id: stored.id },
        },
      });
      await expect(authenticator.authenticate(`${key}x`, undefined)).resolves.toEqual({ kind: 'unauthorized' });
      expect(await accounts.keys('default')).toHaveLength(2);
      expect(JSON.stringify(await accounts.keys('default'))).not.toContain('hash');
      await expect(accounts.removeKey('other', stored.id)).resolves.toBe(false);
      await expect(accounts.removeKey('default', stored.id)).resolves.toBe(true);
      await expect(authenticator.authenticate(key, undefined)).resolves.toEqual({ kind: 'unauthorized' });
    });

    it('make keys at the first start only', async () => {
      const fresh = await makeFirstKeys(accounts, undefined, 1);
      expect(fresh).toEqual({
        apiKey: expect.stringMatching(/^push_[0-9a-f]{12}_/),
        adminKey: expect.stringMatching(/^push_admin_/),
      });
      expect(await makeFirstKeys(accounts, undefined, 2)).toEqual({});
      expect(firstStartText({}, 'http://x')).toBe('');

      const authenticator = new AccountAuthenticator(accounts);
      await expect(authenticator.authenticate(fresh.adminKey ?? '', undefined)).resolves.toMatchObject({
        kind: 'ok',
        principal: { tenant: 'default', everyTenant: true },
      });
      await expect(authenticator.authenticate(fresh.adminKey ?? '', 'nowhere')).resolves.toEqual({
        kind: 'not-found',
        what: 'tenant',
      });

      const given = 'g'.repeat(32);
      expect(await makeFirstKeys(accounts, given, 3)).toEqual({});
      await expect(authenticator.authenticate(fresh.adminKey ?? '', undefined)).resolves.toEqual({
        kind: 'unauthorized',
      });
      await expect(authenticator.authenticate(given, undefined)).resolves.toMatchObject({ kind: 'ok' });
    });

    it('order tenants and keys by their bytes and their time, whatever the case of letters', async () => {
      for (const id of ['b', 'a', 'B', 'ä', 'a-1', '中'])
        await expect(accounts.addTenant({ id, createdAt: 1_790_000_000_000 }, new Uint8Array(32))).resolves.toBe(true);
      expect((await accounts.tenants()).map(({ id }) => id)).toEqual(['B', 'a', 'a-1', 'b', 'ä', '中']);
      expect(await accounts.tenant('A')).toBeUndefined();
      const keys = [3, 1, 2].map((at) => newApiKey('b', 'admin', 1_790_000_000_000 + at).stored);
      for (const key of keys) await accounts.addKey(key);
      expect((await accounts.keys('b')).map(({ createdAt }) => createdAt % 10)).toEqual([1, 2, 3]);
      expect(await accounts.key(keys[0]?.id ?? '')).toEqual(keys[0]);
    });

    it('take an id for an id, whatever it looks like', async () => {
      for (const id of [`x' OR '1'='1`, 'x\\', `\\' OR 1=1 -- `, '?', '$1', '%', '"'.repeat(128)]) {
        await expect(accounts.secretsOf(id)).resolves.toBeUndefined();
        await expect(accounts.addTenant({ id, createdAt: 1 }, new Uint8Array([1, 2]))).resolves.toBe(true);
        expect(await accounts.tenant(id)).toEqual({ id, createdAt: 1 });
      }
    });

    it('make the first keys once, however many begin at the same time', async () => {
      const all = await Promise.all(Array.from({ length: 8 }, (_, at) => makeFirstKeys(accounts, undefined, at)));
      expect(all.filter(({ apiKey }) => apiKey !== undefined)).toHaveLength(1);
      expect(all.filter(({ adminKey }) => adminKey !== undefined)).toHaveLength(1);
      expect(await accounts.keys('default')).toHaveLength(1);
    });
  });
}
