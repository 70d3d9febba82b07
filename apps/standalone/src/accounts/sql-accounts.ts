import { KeyRing } from '../ring/key-ring.js';
import { changeOf } from './account-changes.js';
import type { AccountMedium, Run } from './account-medium.js';
import * as rows from './account-rows.js';
import type {
  Accounts,
  ApiKey,
  FirstAccounts,
  KeptFirst,
  KeyRotation,
  Resealed,
  StoredKey,
  UsedRingKey,
} from './accounts.js';
import { resealSecrets } from './reseal-secrets.js';
import type { Tenant, TenantChange, TenantPage, TenantSecrets } from './tenant.js';

const TENANTS = `SELECT ${rows.TENANT_COLUMNS} FROM push_tenant`;
const EXCEPTIONAL = `${TENANTS} WHERE suspended_at IS NOT NULL OR limits LIKE '%"retentionMs"%'`;
const SECRETS = `SELECT ${rows.SECRET_COLUMNS} FROM push_tenant WHERE id = ?`;
const KEYS = `SELECT ${rows.KEY_COLUMNS} FROM push_api_key`;
const ADMIN_HASH = 'SELECT hash FROM push_admin_key';
const ADD_KEY = `INSERT INTO push_api_key (${rows.KEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const REPLACE_KEY = 'UPDATE push_api_key SET expires_at = ?, replaced_by = ? WHERE id = ?';
// A value that is no Buffer comes first.
const ROTATE_SECRET =
  'UPDATE push_tenant SET rotated_at = ?, previous_until = ?, previous_secret = secret, secret = ? WHERE id = ?';

/** In tables of a database. */
export class SqlAccounts implements Accounts {
  private ring = KeyRing.none;

  constructor(private readonly medium: AccountMedium) {}

  open(): Promise<void> {
    return this.medium.open();
  }

  close(): Promise<void> {
    return this.medium.close();
  }

  sealWith(ring: KeyRing): void {
    this.ring = ring;
  }

  async ringKeys(): Promise<readonly UsedRingKey[]> {
    const found = await this.medium.run('SELECT id, sealed_check FROM push_ring_key');
    return found.rows.map((row) => ({ id: String(row.id), check: String(row.sealed_check) }));
  }

  addRingKey({ id, check }: UsedRingKey): Promise<void> {
    return this.medium.alone(async (run) => {
      const found = await run('SELECT id FROM push_ring_key WHERE id = ?', [id]);
      if (found.rows.length === 0) await run('INSERT INTO push_ring_key (id, sealed_check) VALUES (?, ?)', [id, check]);
    });
  }

  async removeRingKey(id: string): Promise<void> {
    await this.medium.run('DELETE FROM push_ring_key WHERE id = ?', [id]);
  }

  reseal(): Promise<Resealed> {
    return resealSecrets(this.medium, this.ring);
  }

  begin(first: FirstAccounts): Promise<KeptFirst> {
    const { key, adminHash, replaceAdmin } = first;
    return this.medium.alone(async (run) => {
      const isFirst = (await run(ADMIN_HASH)).rows.length === 0;
      if (isFirst) await this.putTenant(run, first.tenant, first.secret);
      // Without any key: when an earlier first start, of a version that did not do it as a whole, was cut off.
      const keepKey = isFirst && (await run(`${KEYS} WHERE tenant = ? LIMIT 1`, [key.tenant])).rows.length === 0;
      if (keepKey) await run(ADD_KEY, rows.keyValues(key));
      const keepAdmin = replaceAdmin || isFirst;
      if (keepAdmin) await run(this.medium.sql.setAdminHash, [1, adminHash]);
      return { key: keepKey, admin: keepAdmin };
    });
  }

  addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    return this.medium.alone((run) => this.putTenant(run, tenant, secret));
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    const found = await this.medium.run(`${TENANTS} WHERE id = ?`, [id]);
    return found.rows[0] && rows.toTenant(found.rows[0]);
  }

  latestTenant(id: string): Promise<Tenant | undefined> {
    return this.tenant(id);
  }

  async tenants({ after, limit }: TenantPage = {}): Promise<readonly Tenant[]> {
    const where = after === undefined ? '' : ' WHERE id > ?';
    // A number of our own, checked before it gets here: prepared statements of MariaDB take none in LIMIT.
    const most = limit === undefined ? '' : ` LIMIT ${Math.trunc(limit)}`;
    const found = await this.medium.run(`${TENANTS}${where} ORDER BY id${most}`, after === undefined ? [] : [after]);
    return found.rows.map(rows.toTenant);
  }

  async exceptionalTenants(): Promise<readonly Tenant[]> {
    return (await this.medium.run(EXCEPTIONAL)).rows.map(rows.toTenant);
  }

  async changeTenant(id: string, change: TenantChange): Promise<Tenant | undefined> {
    const what = changeOf(change);
    if (what) await this.medium.run(`UPDATE push_tenant SET ${what.set} WHERE id = ?`, [...what.values, id]);
    return this.tenant(id);
  }

  removeTenant(id: string): Promise<number | undefined> {
    return this.medium.alone(async (run) => {
      const keys = await run('DELETE FROM push_api_key WHERE tenant = ?', [id]);
      const tenant = await run('DELETE FROM push_tenant WHERE id = ?', [id]);
      return tenant.changed === 1 ? keys.changed : undefined;
    });
  }

  async secretsOf(tenant: string): Promise<TenantSecrets | undefined> {
    const found = await this.medium.run(SECRETS, [tenant]);
    return found.rows[0] && rows.toSecrets(found.rows[0], tenant, this.ring);
  }

  async rotateSecret(tenant: string, secret: Uint8Array, at: number, previousUntil: number): Promise<boolean> {
    const kept = rows.sealSecret(secret, tenant, this.ring);
    return (await this.medium.run(ROTATE_SECRET, [at, previousUntil, kept, tenant])).changed === 1;
  }

  async addKey(key: StoredKey): Promise<void> {
    await this.medium.run(ADD_KEY, rows.keyValues(key));
  }

  async key(id: string): Promise<StoredKey | undefined> {
    const found = await this.medium.run(`${KEYS} WHERE id = ?`, [id]);
    return found.rows[0] && rows.toStoredKey(found.rows[0]);
  }

  async keys(tenant: string): Promise<readonly ApiKey[]> {
    return (await this.medium.run(`${KEYS} WHERE tenant = ? ORDER BY created_at, id`, [tenant])).rows.map(rows.toKey);
  }

  async removeKey(tenant: string, id: string): Promise<boolean> {
    return (await this.medium.run('DELETE FROM push_api_key WHERE tenant = ? AND id = ?', [tenant, id])).changed === 1;
  }

  rotateKey(tenant: string, id: string, next: StoredKey, endsAt: number): Promise<KeyRotation> {
    return this.medium.alone(async (run): Promise<KeyRotation> => {
      const found = await run(`${KEYS} WHERE tenant = ? AND id = ?`, [tenant, id]);
      const old = found.rows[0] && rows.toKey(found.rows[0]);
      if (!old) return 'no-such-key';
      if (old.replacedBy !== undefined) return 'rotated-before';
      await run(ADD_KEY, rows.keyValues(next));
      await run(REPLACE_KEY, [Math.min(endsAt, old.expiresAt ?? endsAt), next.id, id]);
      return 'rotated';
    });
  }

  async adminHash(): Promise<Buffer | undefined> {
    const found = await this.medium.run(ADMIN_HASH);
    return found.rows[0] && rows.toBytes(found.rows[0].hash);
  }

  async setAdminHash(hash: Buffer): Promise<void> {
    await this.medium.run(this.medium.sql.setAdminHash, [1, hash]);
  }

  private async putTenant(run: Run, { id, name, createdAt }: Tenant, secret: Uint8Array): Promise<boolean> {
    const made = await run(this.medium.sql.addTenant, [id, rows.sealSecret(secret, id, this.ring), createdAt]);
    if (made.changed !== 1) return false;
    if (name !== undefined) await run('UPDATE push_tenant SET name = ? WHERE id = ?', [name, id]);
    return true;
  }
}
