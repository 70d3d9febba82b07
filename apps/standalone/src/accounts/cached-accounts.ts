import { systemClock, type Clock } from 'push-core';
import type { KeyRing } from '../ring/key-ring.js';
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
import { Remembered } from './remembered.js';
import type { Tenant, TenantChange, TenantPage, TenantSecrets } from './tenant.js';

/** How long a key that was removed on another node may still be good. */
export const REMEMBERED_MS = 5_000;
/** Of each kind. */
const MOST = 10_000;
const ADMIN = 'admin';

/**
 * Remembers for some seconds what is needed for every request, so that a publish costs the accounts' database nothing.
 * What changes on this node is known here at once, what changes on another one within those seconds.
 */
export class CachedAccounts implements Accounts {
  private readonly secrets: Remembered<TenantSecrets>;
  private readonly tenantsById: Remembered<Tenant>;
  private readonly keysById: Remembered<StoredKey>;
  private readonly admin: Remembered<Buffer>;

  constructor(
    private readonly accounts: Accounts,
    clock: Clock = systemClock,
  ) {
    const settings = { forMs: REMEMBERED_MS, most: MOST, clock };
    this.secrets = new Remembered((tenant) => accounts.secretsOf(tenant), settings);
    this.tenantsById = new Remembered((id) => accounts.tenant(id), settings);
    this.keysById = new Remembered((id) => accounts.key(id), settings);
    this.admin = new Remembered(() => accounts.adminHash(), settings);
  }

  open(): Promise<void> {
    return this.accounts.open();
  }

  close(): Promise<void> {
    return this.accounts.close();
  }

  sealWith(ring: KeyRing): void {
    this.accounts.sealWith(ring);
  }

  ringKeys(): Promise<readonly UsedRingKey[]> {
    return this.accounts.ringKeys();
  }

  addRingKey(key: UsedRingKey): Promise<void> {
    return this.accounts.addRingKey(key);
  }

  removeRingKey(id: string): Promise<void> {
    return this.accounts.removeRingKey(id);
  }

  reseal(): Promise<Resealed> {
    return this.accounts.reseal();
  }

  begin(first: FirstAccounts): Promise<KeptFirst> {
    return this.accounts.begin(first).finally(() => this.admin.forget(ADMIN));
  }

  addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    return this.accounts.addTenant(tenant, secret);
  }

  tenant(id: string): Promise<Tenant | undefined> {
    return this.tenantsById.get(id);
  }

  latestTenant(id: string): Promise<Tenant | undefined> {
    return this.accounts.latestTenant(id);
  }

  tenants(page?: TenantPage): Promise<readonly Tenant[]> {
    return this.accounts.tenants(page);
  }

  exceptionalTenants(): Promise<readonly Tenant[]> {
    return this.accounts.exceptionalTenants();
  }

  changeTenant(id: string, change: TenantChange): Promise<Tenant | undefined> {
    return this.accounts.changeTenant(id, change).finally(() => this.tenantsById.forget(id));
  }

  async removeTenant(id: string): Promise<number | undefined> {
    const keys = await this.accounts.keys(id);
    return this.accounts.removeTenant(id).finally(() => {
      this.tenantsById.forget(id);
      this.secrets.forget(id);
      for (const key of keys) this.keysById.forget(key.id);
    });
  }

  secretsOf(tenant: string): Promise<TenantSecrets | undefined> {
    return this.secrets.get(tenant);
  }

  rotateSecret(tenant: string, secret: Uint8Array, at: number, previousUntil: number): Promise<boolean> {
    return this.accounts.rotateSecret(tenant, secret, at, previousUntil).finally(() => this.secrets.forget(tenant));
  }

  addKey(key: StoredKey): Promise<void> {
    return this.accounts.addKey(key);
  }

  key(id: string): Promise<StoredKey | undefined> {
    return this.keysById.get(id);
  }

  keys(tenant: string): Promise<readonly ApiKey[]> {
    return this.accounts.keys(tenant);
  }

  removeKey(tenant: string, id: string): Promise<boolean> {
    return this.accounts.removeKey(tenant, id).finally(() => this.keysById.forget(id));
  }

  rotateKey(tenant: string, id: string, next: StoredKey, endsAt: number): Promise<KeyRotation> {
    return this.accounts.rotateKey(tenant, id, next, endsAt).finally(() => this.keysById.forget(id));
  }

  adminHash(): Promise<Buffer | undefined> {
    return this.admin.get(ADMIN);
  }

  setAdminHash(hash: Buffer): Promise<void> {
    return this.accounts.setAdminHash(hash).finally(() => this.admin.forget(ADMIN));
  }
}
