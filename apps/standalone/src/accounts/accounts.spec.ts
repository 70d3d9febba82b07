import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeAccounts } from './accounts.fixture.js';
import { MemoryAccounts } from './memory-accounts.js';
import { SqlAccounts } from './sql-accounts.js';
import { SqliteMedium } from './sqlite-medium.js';

const dirs: string[] = [];
function freshFile(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'accounts-'));
  dirs.push(dir);
  return path.join(dir, 'deep', 'push.db');
}
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

describeAccounts('accounts in memory', () => new MemoryAccounts());
describeAccounts('accounts in SQLite', () => new SqlAccounts(new SqliteMedium(freshFile())));

describe('accounts in SQLite', () => {
  it('are still there after a restart, and wait for another connection’s transaction without blocking it', async () => {
    const file = freshFile();
    const accounts = new SqlAccounts(new SqliteMedium(file));
    const medium = new SqliteMedium(file);
    await accounts.open();
    await medium.open();
    let adding: Promise<boolean> | undefined;
    await medium.alone(async () => {
      adding = accounts.addTenant({ id: 'late', createdAt: 1 }, new Uint8Array(32));
      await new Promise((resolve) => setImmediate(resolve));
    });
    await expect(adding).resolves.toBe(true);
    await accounts.close();
    expect(await new SqlAccounts(medium).tenant('late')).toEqual({ id: 'late', createdAt: 1 });
    await medium.close();
  });

  it('keep nothing of a unit that failed', async () => {
    const medium = new SqliteMedium(freshFile());
    await medium.open();
    const accounts = new SqlAccounts(medium);
    const failing = medium.alone(async (run) => {
      await run(medium.sql.addTenant, ['half', Buffer.alloc(32), 1]);
      throw new Error('half way');
    });
    const beside = accounts.addTenant({ id: 'whole', createdAt: 1 }, new Uint8Array(32));
    await expect(failing).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(beside).resolves.toBe(true);
    expect((await accounts.tenants()).map(({ id }) => id)).toEqual(['whole']);
    await accounts.close();
  });
});
