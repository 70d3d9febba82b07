import { systemClock, type Clock } from 'push-core';
import type { Accounts, ApiKey, FirstAccounts, KeptFirst, StoredKey, Tenant } from './accounts.js';
import { Remembered } from './remembered.js';

/** How long a key that was removed on another node may still be good. */
const FOR_MS = 5_000;
/** Of each kind. */
const MOST = 10_000;
const ADMIN = 'admin';

/**
 * Remembers for some seconds what is needed for every request, so that a publish costs the accounts' database nothing.
 * What changes on this node is known here at once, what changes on another one within those seconds.
 */
export class CachedAccounts implements Accounts {
  private readonly secrets: Remembered<Uint8Array>;
  private readonly tenantsById: Remembered<Tenant>;
  private readonly keysById: Remembered<StoredKey>;
  private readonly admin: Remembered<Buffer>;

  constructor(
    private readonly accounts: Accounts,
    clock: Clock = systemClock,
  ) {
    const settings = { forMs: FOR_MS, most: MOST, clock };
    this.secrets = new Remembered((tenant) => accounts.secretOf(tenant), settings);
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

  begin(first: FirstAccounts): Promise<KeptFirst> {
    return this.accounts.begin(first).finally(() => this.admin.forget(ADMIN));
  }

  addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean> {
    return this.accounts.addTenant(tenant, secret);
  }

  tenant(id: string): Promise<Tenant | undefined> {
    return this.tenantsById.get(id);
  }

  tenants(): Promise<readonly Tenant[]> {
    return this.accounts.tenants();
  }

  secretOf(tenant: string): Promise<Uint8Array | undefined> {
    return this.secrets.get(tenant);
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

  adminHash(): Promise<Buffer | undefined> {
    return this.admin.get(ADMIN);
  }

  setAdminHash(hash: Buffer): Promise<void> {
    return this.accounts.setAdminHash(hash).finally(() => this.admin.forget(ADMIN));
  }
}
