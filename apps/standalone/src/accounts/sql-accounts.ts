import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { CreateAccounts1700000000000 } from './account-migrations.js';
import type { Accounts, ApiKey, Role, StoredKey, Tenant } from './accounts.js';

const RETRY_MS = 15;
const GIVE_UP_MS = 5_000;

interface KeyRow {
  id: string;
  tenant: string;
  role: Role;
  hash: Uint8Array;
  created_at: number;
}
interface TenantRow {
  id: string;
  created_at: number;
}

/**
 * In the SQLite file of the messages, on a connection of its own. Each write is one statement, and waits for the other
 * connection's transaction in this process without blocking the loop that has to finish it: hence no busy timeout.
 */
export class SqlAccounts implements Accounts {
  private readonly source: DataSource;

  constructor(private readonly path: string) {
    this.source = new DataSource({
      type: 'better-sqlite3',
      driver: createRequire(import.meta.url)('libsql') as unknown,
      database: path,
      timeout: 0,
      migrations: [CreateAccounts1700000000000],
      migrationsTableName: 'push_account_migration',
      prepareDatabase: (database: { pragma(text: string): unknown }) => {
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = FULL');
        database.pragma('foreign_keys = ON');
      },
    });
  }

  async open(): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true });
    await this.source.initialize();
    await this.source.runMigrations({ transaction: 'all' });
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  async addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    const rows = await this.run<TenantRow[]>(
      'INSERT INTO push_tenant (id, secret, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id, created_at',
      [tenant.id, Buffer.from(secret), tenant.createdAt],
    );
    return rows.length === 1;
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    const [row] = await this.run<TenantRow[]>('SELECT id, created_at FROM push_tenant WHERE id = ?', [id]);
    return row && { id: row.id, createdAt: row.created_at };
  }

  async tenants(): Promise<readonly Tenant[]> {
    const rows = await this.run<TenantRow[]>('SELECT id, created_at FROM push_tenant ORDER BY id');
    return rows.map((row) => ({ id: row.id, createdAt: row.created_at }));
  }

  async secretOf(tenant: string): Promise<Uint8Array | undefined> {
    const [row] = await this.run<{ secret: Uint8Array }[]>('SELECT secret FROM push_tenant WHERE id = ?', [tenant]);
    // libsql answers an ArrayBuffer, whatever the types say.
    return row && new Uint8Array(row.secret);
  }

  async addKey(key: StoredKey): Promise<void> {
    await this.run(
      'INSERT INTO push_api_key (id, tenant, role, hash, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id',
      [key.id, key.tenant, key.role, key.hash, key.createdAt],
    );
  }

  async key(id: string): Promise<StoredKey | undefined> {
    const [row] = await this.run<KeyRow[]>('SELECT id, tenant, role, hash, created_at FROM push_api_key WHERE id = ?', [
      id,
    ]);
    return (
      row && { id: row.id, tenant: row.tenant, role: row.role, hash: Buffer.from(row.hash), createdAt: row.created_at }
    );
  }

  async keys(tenant: string): Promise<readonly ApiKey[]> {
    const rows = await this.run<KeyRow[]>(
      'SELECT id, tenant, role, created_at FROM push_api_key WHERE tenant = ? ORDER BY created_at, id',
      [tenant],
    );
    return rows.map((row) => ({ id: row.id, tenant: row.tenant, role: row.role, createdAt: row.created_at }));
  }

  async removeKey(tenant: string, id: string): Promise<boolean> {
    const rows = await this.run<unknown[]>('DELETE FROM push_api_key WHERE tenant = ? AND id = ? RETURNING id', [
      tenant,
      id,
    ]);
    return rows.length === 1;
  }

  async adminHash(): Promise<Buffer | undefined> {
    const [row] = await this.run<{ hash: Uint8Array }[]>('SELECT hash FROM push_admin_key');
    return row && Buffer.from(row.hash);
  }

  async setAdminHash(hash: Buffer): Promise<void> {
    // Never a Buffer as the first parameter: libsql takes it for an object of named ones and aborts the process.
    await this.run(
      'INSERT INTO push_admin_key (one, hash) VALUES (?, ?) ON CONFLICT (one) DO UPDATE SET hash = excluded.hash RETURNING one',
      [1, hash],
    );
  }

  private async run<T>(sql: string, values: unknown[] = []): Promise<T> {
    for (let waited = 0; ; waited += RETRY_MS) {
      try {
        return await this.source.query<T>(sql, values);
      } catch (error) {
        if (!isBusy(error) || waited >= GIVE_UP_MS) throw error;
        await delay(RETRY_MS);
      }
    }
  }
}

function isBusy(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code).startsWith('SQLITE_BUSY') || String(message).includes('database is locked');
}
