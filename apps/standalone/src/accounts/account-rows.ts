import type { KeyRing } from '../ring/key-ring.js';
import type { Row } from './account-medium.js';
import type { ApiKey, Role, StoredKey } from './accounts.js';
import type { Tenant, TenantIssuer, TenantLimits, TenantSecrets } from './tenant.js';

/** Rows of the accounts' tables, and what they say. Large numbers come as text from PostgreSQL and MariaDB, and bytes as an ArrayBuffer from libsql. */

export const TENANT_COLUMNS = 'id, created_at, name, limits, issuers, suspended_at, suspend_reason';
export const SECRET_COLUMNS = 'secret, previous_secret, previous_until, rotated_at';
export const KEY_COLUMNS = 'id, tenant, role, hash, created_at, name, expires_at, replaced_by';

export const toTenant = (row: Row): Tenant => ({
  id: String(row.id),
  createdAt: Number(row.created_at),
  ...given('name', textOf(row.name)),
  ...given('limits', jsonOf<TenantLimits>(row.limits)),
  ...given('issuers', jsonOf<readonly TenantIssuer[]>(row.issuers)),
  ...given('suspendedAt', numberOf(row.suspended_at)),
  ...given('suspendReason', textOf(row.suspend_reason)),
});

export const toKey = (row: Row): ApiKey => ({
  id: String(row.id),
  tenant: String(row.tenant),
  role: row.role as Role,
  createdAt: Number(row.created_at),
  ...given('name', textOf(row.name)),
  ...given('expiresAt', numberOf(row.expires_at)),
  ...given('replacedBy', textOf(row.replaced_by)),
});

export const toStoredKey = (row: Row): StoredKey => ({ ...toKey(row), hash: toBytes(row.hash) });

export const keyValues = (key: StoredKey): readonly unknown[] => [
  ...[key.id, key.tenant, key.role, key.hash, key.createdAt],
  ...[key.name ?? null, key.expiresAt ?? null, key.replacedBy ?? null],
];

export function toSecrets(row: Row, tenant: string, ring: KeyRing): TenantSecrets {
  const previous = bytesOf(row.previous_secret);
  return {
    current: openSecret(toBytes(row.secret), tenant, ring),
    ...given('previous', previous && openSecret(previous, tenant, ring)),
    ...given('previousUntil', numberOf(row.previous_until)),
    ...given('rotatedAt', numberOf(row.rotated_at)),
  };
}

/** As it is kept: sealed where there are keys. */
export function sealSecret(secret: Uint8Array, tenant: string, ring: KeyRing): Buffer {
  const bytes = Buffer.from(secret);
  return ring.seals ? Buffer.from(ring.seal(bytes.toString('base64'), aadOf(tenant))) : bytes;
}

const SEALED = Buffer.from('sealed:');

export const isSealedSecret = (kept: Buffer): boolean => kept.subarray(0, SEALED.length).equals(SEALED);

function openSecret(kept: Buffer, tenant: string, ring: KeyRing): Uint8Array {
  if (!isSealedSecret(kept)) return new Uint8Array(kept);
  return new Uint8Array(Buffer.from(ring.open(kept.toString('latin1'), aadOf(tenant)), 'base64'));
}

const aadOf = (tenant: string): string => `${tenant} token-secret`;

export const toBytes = (value: unknown): Buffer => Buffer.from(value as Uint8Array);

const isNone = (value: unknown): boolean => value === null || value === undefined;
const bytesOf = (value: unknown): Buffer | undefined => (isNone(value) ? undefined : toBytes(value));
const textOf = (value: unknown): string | undefined => (isNone(value) ? undefined : String(value));
const numberOf = (value: unknown): number | undefined => (isNone(value) ? undefined : Number(value));
const jsonOf = <T>(value: unknown): T | undefined => (isNone(value) ? undefined : (JSON.parse(String(value)) as T));

const given = <Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { [K in Name]: T });
