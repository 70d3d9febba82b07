import type { KeyRing } from '../ring/key-ring.js';
import type { Tenant, TenantChange, TenantPage, TenantSecrets } from './tenant.js';

export type { Tenant, TenantChange, TenantIssuer, TenantLimits, TenantPage, TenantSecrets } from './tenant.js';

export type Role = 'admin' | 'publisher' | 'reader';
export const ROLES: readonly Role[] = ['admin', 'publisher', 'reader'];

export interface ApiKey {
  readonly id: string;
  readonly tenant: string;
  readonly role: Role;
  /** For people. */
  readonly name?: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds: refused from then on. Absent: good until it is removed. */
  readonly expiresAt?: number;
  /** The key that was made in its place. */
  readonly replacedBy?: string;
}

/** A key as it is kept: the key itself is nowhere. */
export interface StoredKey extends ApiKey {
  readonly hash: Buffer;
}

export type KeyRotation = 'rotated' | 'no-such-key' | 'rotated-before';

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

/** A key of the ring that has sealed something here. */
export interface UsedRingKey {
  readonly id: string;
  /** A known text, sealed: whether a key of this id is the same key. */
  readonly check: string;
}

/** How many values were sealed again, and how many had the first key's seal already. */
export interface Resealed {
  readonly resealed: number;
  readonly kept: number;
}

/**
 * Tenants and the keys of those who publish for them. What a method has answered survives the process, except in the
 * memory version. Ids are valid when they get here. Rejects with a PushError, retryable where the database does not answer.
 */
export interface Accounts {
  /** Prepares the medium; several nodes may do so at once. */
  open(): Promise<void>;
  close(): Promise<void>;

  /** From now on secrets are sealed by it. Before anything secret is read or written; without it they are kept as they are. */
  sealWith(ring: KeyRing): void;
  /** In no order. */
  ringKeys(): Promise<readonly UsedRingKey[]>;
  /** Leaves one there is as it is. */
  addRingKey(key: UsedRingKey): Promise<void>;
  removeRingKey(id: string): Promise<void>;
  /** Seals every secret by the first key of the ring. */
  reseal(): Promise<Resealed>;

  /**
   * Makes the first tenant, its first key and an admin key, whole or not at all, where no start has done so before: a first
   * tenant that was deleted since stays away. Of several nodes that begin together one makes them.
   */
  begin(first: FirstAccounts): Promise<KeptFirst>;

  /** False when it exists already. `secret` signs the client tokens of the tenant (HS256). */
  addTenant(tenant: Tenant, secret: Uint8Array): Promise<boolean>;
  tenant(id: string): Promise<Tenant | undefined>;
  /** The same, never from memory. */
  latestTenant(id: string): Promise<Tenant | undefined>;
  /** By id, ascending; all of them where no `limit` is given. */
  tenants(page?: TenantPage): Promise<readonly Tenant[]>;
  /** Those that are suspended, or keep messages for a time of their own; in no order. Never from memory. */
  exceptionalTenants(): Promise<readonly Tenant[]>;
  /** Undefined when there is no such tenant. */
  changeTenant(id: string, change: TenantChange): Promise<Tenant | undefined>;
  /** With its keys, whole or not at all: how many keys; undefined when there is no such tenant. */
  removeTenant(id: string): Promise<number | undefined>;
  secretsOf(tenant: string): Promise<TenantSecrets | undefined>;
  /** `current` becomes `previous`, in place of the one there was. False when there is no such tenant. */
  rotateSecret(tenant: string, secret: Uint8Array, at: number, previousUntil: number): Promise<boolean>;

  addKey(key: StoredKey): Promise<void>;
  key(id: string): Promise<StoredKey | undefined>;
  /** Of one tenant, by creation. */
  keys(tenant: string): Promise<readonly ApiKey[]>;
  /** False when the tenant has no such key. */
  removeKey(tenant: string, id: string): Promise<boolean>;
  /** Adds `next` in place of the key, which is good until `endsAt`, or its own end where that is earlier. */
  rotateKey(tenant: string, id: string, next: StoredKey, endsAt: number): Promise<KeyRotation>;

  adminHash(): Promise<Buffer | undefined>;
  /** Replaces the one there was. */
  setAdminHash(hash: Buffer): Promise<void>;
}
