import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey, Role, StoredKey } from './accounts.js';

export const TENANT_SECRET_BYTES = 32;
const KEY_BYTES = 32;

/**
 * `push_<id>_<secret>`: the id finds the row, the secret has 256 random bits. So much chance needs no slow hash:
 * SHA-256 of the whole key is what is kept.
 */
export function newApiKey(
  tenant: string,
  role: Role,
  createdAt: number,
  more: Pick<ApiKey, 'name' | 'expiresAt'> = {},
): { key: string; stored: StoredKey } {
  const id = randomBytes(6).toString('hex');
  const key = `push_${id}_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, stored: { id, tenant, role, createdAt, ...more, hash: hashOf(key) } };
}

export function newAdminKey(): { key: string; hash: Buffer } {
  const key = `push_admin_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, hash: hashOf(key) };
}

export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** In constant time. */
export const sameHash = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** The id inside a key that looks like one of ours. */
export const idIn = (key: string): string | undefined => /^push_([0-9a-f]{12})_/.exec(key)?.[1];

export const withoutHash = ({ hash: _hash, ...key }: StoredKey): ApiKey => key;
