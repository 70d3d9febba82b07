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

/** What a first start would make. */
export interface FirstAccounts {
  readonly tenant: Tenant;
  readonly secret: Uint8Array;
  readonly key: StoredKey;
  readonly adminHash: Buffer;
  /** The admin key was given: it takes the place of the one there was. */
  readonly replaceAdmin: boolean;
}

/** What of it was kept; the rest was there already. */
export interface KeptFirst {
  readonly key: boolean;
  readonly admin: boolean;
}

/**
 * Tenants and the keys of those who publish for them. What a method has answered survives the process, except in the
 * memory version. Ids are valid when they get here. Rejects with a PushError, retryable where the database does not answer.
 */
export interface Accounts {
  /** Prepares the medium; several nodes may do so at once. */
  open(): Promise<void>;
  close(): Promise<void>;

  /**
   * Makes the first tenant, its first key and an admin key where they are missing, whole or not at all. Of several nodes
   * that begin together one makes them.
   */
  begin(first: FirstAccounts): Promise<KeptFirst>;

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
