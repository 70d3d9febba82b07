export type Role = 'admin' | 'publisher' | 'reader';
export const ROLES: readonly Role[] = ['admin', 'publisher', 'reader'];

export interface Tenant {
  readonly id: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

export interface ApiKey {
  readonly id: string;
  readonly tenant: string;
  readonly role: Role;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** A key as it is kept: the key itself is nowhere. */
export interface StoredKey extends ApiKey {
  readonly hash: Buffer;
}

/**
 * Tenants and the keys of those who publish for them. What a method has answered survives the process, except in the
 * memory version. Ids are valid when they get here.
 */
export interface Accounts {
  /** Prepares the medium. */
  open(): Promise<void>;
  close(): Promise<void>;

  /** False when it exists already. `secret` signs the client tokens of the tenant (HS256) and is kept as it is. */
  addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean>;
  tenant(id: string): Promise<Tenant | undefined>;
  /** By id, ascending. */
  tenants(): Promise<readonly Tenant[]>;
  secretOf(tenant: string): Promise<Uint8Array | undefined>;

  addKey(key: StoredKey): Promise<void>;
  key(id: string): Promise<StoredKey | undefined>;
  /** Of one tenant, by creation. */
  keys(tenant: string): Promise<readonly ApiKey[]>;
  /** False when the tenant has no such key. */
  removeKey(tenant: string, id: string): Promise<boolean>;

  adminHash(): Promise<Buffer | undefined>;
  /** Replaces the one there was. */
  setAdminHash(hash: Buffer): Promise<void>;
}
