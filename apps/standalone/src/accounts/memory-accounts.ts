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
import { withoutHash } from './api-key.js';
import type { Tenant, TenantChange, TenantPage, TenantSecrets } from './tenant.js';

/** Keeps nothing beyond the process, so there is nothing to seal. */
export class MemoryAccounts implements Accounts {
  private readonly byId = new Map<string, { tenant: Tenant; secrets: TenantSecrets }>();
  private readonly keysById = new Map<string, StoredKey>();
  private admin: Buffer | undefined;

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  sealWith(): void {}

  async ringKeys(): Promise<readonly UsedRingKey[]> {
    return [];
  }

  async addRingKey(): Promise<void> {}
  async removeRingKey(): Promise<void> {}

  async reseal(): Promise<Resealed> {
    return { resealed: 0, kept: this.byId.size };
  }

  async begin({ tenant, secret, key, adminHash, replaceAdmin }: FirstAccounts): Promise<KeptFirst> {
    const isFirst = this.admin === undefined;
    if (isFirst) this.put(tenant, secret);
    const keepKey = isFirst && ![...this.keysById.values()].some((one) => one.tenant === key.tenant);
    if (keepKey) this.keysById.set(key.id, key);
    const keepAdmin = replaceAdmin || isFirst;
    if (keepAdmin) this.admin = adminHash;
    return { key: keepKey, admin: keepAdmin };
  }

  async addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    return this.put(tenant, secret);
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    return this.byId.get(id)?.tenant;
  }

  async latestTenant(id: string): Promise<Tenant | undefined> {
    return this.byId.get(id)?.tenant;
  }

  async tenants({ after, limit }: TenantPage = {}): Promise<readonly Tenant[]> {
    return [...this.byId.values()]
      .map(({ tenant }) => tenant)
      .filter(({ id }) => after === undefined || id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  async exceptionalTenants(): Promise<readonly Tenant[]> {
    return (await this.tenants()).filter(
      ({ suspendedAt, limits }) => suspendedAt !== undefined || limits?.retentionMs !== undefined,
    );
  }

  async changeTenant(id: string, { limits, issuers, suspended }: TenantChange): Promise<Tenant | undefined> {
    const found = this.byId.get(id);
    if (!found) return undefined;
    const changed: Writable<Tenant> = { ...found.tenant };
    if (limits) changed.limits = limits;
    if (issuers) changed.issuers = issuers;
    if (suspended !== undefined) {
      delete changed.suspendedAt;
      delete changed.suspendReason;
      if (suspended) changed.suspendedAt = suspended.at;
      if (suspended && suspended.reason !== undefined) changed.suspendReason = suspended.reason;
    }
    this.byId.set(id, { ...found, tenant: changed });
    return changed;
  }

  async removeTenant(id: string): Promise<number | undefined> {
    if (!this.byId.delete(id)) return undefined;
    const keys = [...this.keysById.values()].filter(({ tenant }) => tenant === id);
    for (const key of keys) this.keysById.delete(key.id);
    return keys.length;
  }

  async secretsOf(tenant: string): Promise<TenantSecrets | undefined> {
    return this.byId.get(tenant)?.secrets;
  }

  async rotateSecret(tenant: string, secret: Uint8Array, at: number, previousUntil: number): Promise<boolean> {
    const found = this.byId.get(tenant);
    if (!found) return false;
    const secrets = { current: secret, previous: found.secrets.current, rotatedAt: at, previousUntil };
    this.byId.set(tenant, { ...found, secrets });
    return true;
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

  async rotateKey(tenant: string, id: string, next: StoredKey, endsAt: number): Promise<KeyRotation> {
    const old = this.keysById.get(id);
    if (old?.tenant !== tenant) return 'no-such-key';
    if (old.replacedBy !== undefined) return 'rotated-before';
    this.keysById.set(next.id, next);
    const expiresAt = Math.min(endsAt, old.expiresAt ?? endsAt);
    this.keysById.set(id, { ...old, expiresAt, replacedBy: next.id });
    return 'rotated';
  }

  async adminHash(): Promise<Buffer | undefined> {
    return this.admin;
  }

  async setAdminHash(hash: Buffer): Promise<void> {
    this.admin = hash;
  }

  private put(tenant: Tenant, secret: Uint8Array): boolean {
    if (this.byId.has(tenant.id)) return false;
    this.byId.set(tenant.id, { tenant, secrets: { current: secret } });
    return true;
  }
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
