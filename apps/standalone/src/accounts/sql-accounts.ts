import type { AccountMedium, Row, Run } from './account-medium.js';
import type { Accounts, ApiKey, FirstAccounts, KeptFirst, Role, StoredKey, Tenant } from './accounts.js';

const TENANTS = 'SELECT id, created_at FROM push_tenant';
const KEYS = 'SELECT id, tenant, role, hash, created_at FROM push_api_key';
const ADMIN_HASH = 'SELECT hash FROM push_admin_key';
const ADD_KEY = 'INSERT INTO push_api_key (id, tenant, role, hash, created_at) VALUES (?, ?, ?, ?, ?)';

/** In tables of a database. */
export class SqlAccounts implements Accounts {
  constructor(private readonly medium: AccountMedium) {}

  open(): Promise<void> {
    return this.medium.open();
  }

  close(): Promise<void> {
    return this.medium.close();
  }

  begin(first: FirstAccounts): Promise<KeptFirst> {
    const { tenant, secret, key, adminHash, replaceAdmin } = first;
    return this.medium.alone(async (run) => {
      const made = await run(this.medium.sql.addTenant, [tenant.id, Buffer.from(secret), tenant.createdAt]);
      const admin = await run(ADMIN_HASH);
      const keys = await run(`${KEYS} WHERE tenant = ? LIMIT 1`, [tenant.id]);
      // Without any key also when an earlier first start was cut off.
      const keepKey = made.changed === 1 || (admin.rows.length === 0 && keys.rows.length === 0);
      if (keepKey) await addKey(run, key);
      const keepAdmin = replaceAdmin || admin.rows.length === 0;
      if (keepAdmin) await run(this.medium.sql.setAdminHash, [1, adminHash]);
      return { key: keepKey, admin: keepAdmin };
    });
  }

  async addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    const values = [tenant.id, Buffer.from(secret), tenant.createdAt];
    return (await this.medium.run(this.medium.sql.addTenant, values)).changed === 1;
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    const { rows } = await this.medium.run(`${TENANTS} WHERE id = ?`, [id]);
    return rows[0] && toTenant(rows[0]);
  }

  async tenants(): Promise<readonly Tenant[]> {
    return (await this.medium.run(`${TENANTS} ORDER BY id`)).rows.map(toTenant);
  }

  async secretOf(tenant: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.medium.run('SELECT secret FROM push_tenant WHERE id = ?', [tenant]);
    return rows[0] && new Uint8Array(toBytes(rows[0].secret));
  }

  addKey(key: StoredKey): Promise<void> {
    return addKey(this.medium.run, key);
  }

  async key(id: string): Promise<StoredKey | undefined> {
    const { rows } = await this.medium.run(`${KEYS} WHERE id = ?`, [id]);
    return rows[0] && { ...toKey(rows[0]), hash: toBytes(rows[0].hash) };
  }

  async keys(tenant: string): Promise<readonly ApiKey[]> {
    return (await this.medium.run(`${KEYS} WHERE tenant = ? ORDER BY created_at, id`, [tenant])).rows.map(toKey);
  }

  async removeKey(tenant: string, id: string): Promise<boolean> {
    return (await this.medium.run('DELETE FROM push_api_key WHERE tenant = ? AND id = ?', [tenant, id])).changed === 1;
  }

  async adminHash(): Promise<Buffer | undefined> {
    const { rows } = await this.medium.run(ADMIN_HASH);
    return rows[0] && toBytes(rows[0].hash);
  }

  async setAdminHash(hash: Buffer): Promise<void> {
    await this.medium.run(this.medium.sql.setAdminHash, [1, hash]);
  }
}

async function addKey(run: Run, key: StoredKey): Promise<void> {
  await run(ADD_KEY, [key.id, key.tenant, key.role, key.hash, key.createdAt]);
}

// Large numbers come as text from PostgreSQL and MariaDB, and bytes as an ArrayBuffer from libsql.
const toTenant = (row: Row): Tenant => ({ id: String(row.id), createdAt: Number(row.created_at) });
const toKey = (row: Row): ApiKey => ({
  id: String(row.id),
  tenant: String(row.tenant),
  role: row.role as Role,
  createdAt: Number(row.created_at),
});
const toBytes = (value: unknown): Buffer => Buffer.from(value as Uint8Array);
