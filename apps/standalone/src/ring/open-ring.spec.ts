import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMemoryStore, sealSettings } from 'push-core';
import { SqlAccounts } from '../accounts/sql-accounts.js';
import { SqliteMedium } from '../accounts/sqlite-medium.js';
import { StartFailed } from '../start-failed.js';
import { openRing, type RingSettings } from './open-ring.js';
import { resealAll, sealedSettings } from './reseal-all.js';

const dirs: string[] = [];
const open: SqlAccounts[] = [];
afterEach(async () => {
  for (const accounts of open.splice(0)) await accounts.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

const key = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) });
const SECRET = new Uint8Array(32).fill(7);

function freshFile(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'ring-'));
  dirs.push(dir);
  return path.join(dir, 'push.db');
}

async function start(
  file: string,
  encryptionKeys: RingSettings['encryptionKeys'] = [],
  kind: 'sqlite' | 'postgres' = 'sqlite',
) {
  const accounts = new SqlAccounts(new SqliteMedium(file));
  open.push(accounts);
  await accounts.open();
  // To the ring a database server is one without a file beside it.
  const database =
    kind === 'sqlite' ? { kind, path: file } : { kind, url: 'postgres://h/d', connections: 2, waitMs: 0 };
  return { accounts, ...(await openRing({ database, encryptionKeys }, accounts)) };
}

const secretRow = async (file: string): Promise<string> => {
  const medium = new SqliteMedium(file);
  await medium.open();
  const { rows } = await medium.run('SELECT secret FROM push_tenant');
  await medium.close();
  return Buffer.from(rows[0]?.secret as Uint8Array).toString('latin1');
};

describe('the ring of a SQLite file', () => {
  it('is a file beside it that only its owner reads, made once', async () => {
    const file = freshFile();
    const { ring } = await start(file);
    expect(statSync(`${file}.keys`).mode & 0o777).toBe(0o600);
    const text = readFileSync(`${file}.keys`, 'utf8');
    expect((await start(file)).ring.current).toBe(ring.current);
    expect(readFileSync(`${file}.keys`, 'utf8')).toBe(text);
  });

  it('seals the secrets of tenants from then on, and reads those from before', async () => {
    const file = freshFile();
    const before = new SqlAccounts(new SqliteMedium(file));
    open.push(before);
    await before.open();
    await before.addTenant({ id: 't', createdAt: 1 }, SECRET);
    expect(await secretRow(file)).toBe(Buffer.from(SECRET).toString('latin1'));

    const { accounts, ring } = await start(file);
    expect((await accounts.secretsOf('t'))?.current).toEqual(SECRET);
    expect(await accounts.reseal()).toEqual({ resealed: 1, kept: 0 });
    expect(await secretRow(file)).toContain(`sealed:1:${ring.current}:`);
    expect((await accounts.secretsOf('t'))?.current).toEqual(SECRET);
    expect(await accounts.reseal()).toEqual({ resealed: 0, kept: 1 });
  });

  it('is demanded: without it nothing starts, and nothing new is made in its place', async () => {
    const file = freshFile();
    const { ring } = await start(file);
    rmSync(`${file}.keys`);
    const failed = start(file);
    await expect(failed).rejects.toBeInstanceOf(StartFailed);
    await expect(failed).rejects.toThrow(new RegExp(`sealed with the key "${ring.current}".*${file}\\.keys`));
    expect(existsSync(`${file}.keys`)).toBe(false);
    await expect(start(file, [key('k1', 1)])).rejects.toThrow(`"${ring.current}"`);
  });

  it('is refused where its key is another one under the same id, and where the file is damaged', async () => {
    const file = freshFile();
    const { ring } = await start(file);
    const id = ring.current ?? '';
    await expect(start(file, [key(id, 3)])).rejects.toThrow(`"${id}" is not the one that sealed`);
    writeFileSync(`${file}.keys`, 'no ring');
    await expect(start(file)).rejects.toThrow(/is no longer one/);
  });
});

describe('the ring of a database server', () => {
  it('is the variable; without it values stay readable, and the start says so', async () => {
    const file = freshFile();
    const { ring, warning } = await start(file, [], 'postgres');
    expect(ring.seals).toBe(false);
    expect(warning).toMatch(/PUSH_ENCRYPTION_KEYS is unset.*openssl/);
    expect(existsSync(`${file}.keys`)).toBe(false);
    const given = await start(file, [key('k1', 1)], 'postgres');
    expect([given.ring.current, given.warning]).toEqual(['k1', undefined]);
    await expect(start(file, [], 'postgres')).rejects.toThrow(/sealed with the key "k1", which is missing/);
  });
});

describe('sealing everything again', () => {
  it('leaves nothing that needs the old key, counts, and keeps versions comparable', async () => {
    const file = freshFile();
    const below = createMemoryStore();
    await below.open();
    const first = await start(file, [key('k1', 1)], 'postgres');
    await first.accounts.addTenant({ id: 't', createdAt: 1 }, SECRET);
    const sealed = sealSettings(below, first.ring);
    await sealed.settings.put({ tenant: 't', name: 'provider.fcm' }, '{"a":1}', 1);
    await sealed.settings.put({ tenant: 't', name: 'policy' }, '{"b":2}', 1);
    await below.settings.put({ tenant: 't', name: 'provider.hms' }, '{"plain":3}', 1);

    const both = await start(file, [key('k2', 2), key('k1', 1)], 'postgres');
    const places = [sealedSettings(below, both.accounts, both.ring)];
    expect(await resealAll(both.accounts, both.ring, places)).toEqual({
      secrets: { resealed: 1, kept: 0 },
      settings: { resealed: 2, kept: 0 },
    });
    expect(await resealAll(both.accounts, both.ring, places)).toEqual({
      secrets: { resealed: 0, kept: 1 },
      settings: { resealed: 0, kept: 2 },
    });

    const alone = await start(file, [key('k2', 2)], 'postgres');
    const { settings } = sealSettings(below, alone.ring);
    expect((await settings.list('t', '')).map(({ name, value }) => [name, value])).toEqual([
      ['policy', '{"b":2}'],
      ['provider.fcm', '{"a":1}'],
      ['provider.hms', '{"plain":3}'],
    ]);
    expect((await alone.accounts.secretsOf('t'))?.current).toEqual(SECRET);
    const [kept] = await below.settings.get([{ tenant: 't', name: 'provider.hms' }]);
    expect(kept?.value).toMatch(/^sealed:1:k2:/);
  });
});
