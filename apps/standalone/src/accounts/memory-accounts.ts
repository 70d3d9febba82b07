import type { Accounts, ApiKey, FirstAccounts, KeptFirst, StoredKey, Tenant } from './accounts.js';
import { withoutHash } from './api-key.js';

/** Keeps nothing beyond the process. */
export class MemoryAccounts implements Accounts {
  private readonly byId = new Map<string, { tenant: Tenant; secret: Uint8Array }>();
  private readonly keysById = new Map<string, StoredKey>();
  private admin: Buffer | undefined;

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  async begin({ tenant, secret, key, adminHash, replaceAdmin }: FirstAccounts): Promise<KeptFirst> {
    const made = await this.addTenant(tenant, secret);
    if (made) await this.addKey(key);
    const admin = replaceAdmin || this.admin === undefined;
    if (admin) this.admin = adminHash;
    return { key: made, admin };
  }

  async addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    if (this.byId.has(tenant.id)) return false;
    this.byId.set(tenant.id, { tenant, secret });
    return true;
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    return this.byId.get(id)?.tenant;
  }

  async tenants(): Promise<readonly Tenant[]> {
    return [...this.byId.values()].map(({ tenant }) => tenant).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async secretOf(tenant: string): Promise<Uint8Array | undefined> {
    return this.byId.get(tenant)?.secret;
  }

  async addKey(key: StoredKey): Promise<void> {
    this.keysById.set(key.id, key);
  }

  async key(id: string): Promise<StoredKey | undefined> {
    return this.keysById.get(id);
  }

  async keys(tenant: string): Promise<readonly ApiKey[]> {
    return [...this.keysById.values()]
      .filter((key) => key.tenant === tenant)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
      .map(withoutHash);
  }

  async removeKey(tenant: string, id: string): Promise<boolean> {
    return this.keysById.get(id)?.tenant === tenant && this.keysById.delete(id);
  }

  async adminHash(): Promise<Buffer | undefined> {
    return this.admin;
  }

  async setAdminHash(hash: Buffer): Promise<void> {
    this.admin = hash;
  }
}
