import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AccountAuthenticator } from './account-authenticator.js';
import type { Accounts } from './accounts.js';
import { newApiKey } from './api-key.js';
import { firstStartText, makeFirstKeys } from './first-start.js';
import { MemoryAccounts } from './memory-accounts.js';
import { SqlAccounts } from './sql-accounts.js';

const dirs: string[] = [];
function inFile(): Accounts {
  const dir = mkdtempSync(path.join(tmpdir(), 'accounts-'));
  dirs.push(dir);
  return new SqlAccounts(path.join(dir, 'deep', 'push.db'));
}

describe.each<[string, () => Accounts]>([
  ['memory', () => new MemoryAccounts()],
  ['SQLite', inFile],
])('accounts in %s', (_, make) => {
  let accounts: Accounts;
  beforeEach(async () => {
    accounts = make();
    await accounts.open();
  });
  afterEach(async () => {
    await accounts.close();
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
  });

  it('keep a tenant once, with its secret', async () => {
    const secret = new Uint8Array(32).fill(9);
    await expect(accounts.addTenant({ id: 'b', createdAt: 1 }, secret)).resolves.toBe(true);
    await expect(accounts.addTenant({ id: 'b', createdAt: 2 }, new Uint8Array(32))).resolves.toBe(false);
    await accounts.addTenant({ id: 'a', createdAt: 3 }, secret);
    expect(await accounts.tenants()).toEqual([
      { id: 'a', createdAt: 3 },
      { id: 'b', createdAt: 1 },
    ]);
    const kept = await accounts.secretOf('b');
    expect(ArrayBuffer.isView(kept)).toBe(true);
    expect(Buffer.from(kept!)).toEqual(Buffer.from(secret));
    expect(await accounts.secretOf('c')).toBeUndefined();
    expect(await accounts.tenant('c')).toBeUndefined();
  });

  it('know a key by its own tenant only, and forget it when it is removed', async () => {
    await makeFirstKeys(accounts, undefined, 1);
    const { key, stored } = newApiKey('default', 'reader', 5);
    await accounts.addKey(stored);
    const authenticator = new AccountAuthenticator(accounts);
    await expect(authenticator.authenticate(key, 'other')).resolves.toEqual({
      kind: 'ok',
      principal: { tenant: 'default', role: 'reader', everyTenant: false },
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
    await expect(authenticator.authenticate(fresh.adminKey!, undefined)).resolves.toMatchObject({
      kind: 'ok',
      principal: { tenant: 'default', everyTenant: true },
    });
    await expect(authenticator.authenticate(fresh.adminKey!, 'nowhere')).resolves.toEqual({
      kind: 'not-found',
      what: 'tenant',
    });

    const given = 'g'.repeat(32);
    expect(await makeFirstKeys(accounts, given, 3)).toEqual({});
    await expect(authenticator.authenticate(fresh.adminKey!, undefined)).resolves.toEqual({ kind: 'unauthorized' });
    await expect(authenticator.authenticate(given, undefined)).resolves.toMatchObject({ kind: 'ok' });
  });
});

describe('accounts in SQLite', () => {
  it('are still there after a restart, and wait for another connection’s transaction without blocking it', async () => {
    const accounts = inFile() as SqlAccounts;
    const second = new SqlAccounts((accounts as unknown as { path: string }).path);
    await accounts.open();
    await second.open();
    const source = (second as unknown as { source: { query(sql: string): Promise<unknown> } }).source;
    await source.query('BEGIN IMMEDIATE');
    const adding = accounts.addTenant({ id: 'late', createdAt: 1 }, new Uint8Array(32));
    await new Promise((resolve) => setImmediate(resolve));
    await source.query('COMMIT');
    await expect(adding).resolves.toBe(true);
    await accounts.close();
    expect(await second.tenant('late')).toEqual({ id: 'late', createdAt: 1 });
    await second.close();
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
  });
});
