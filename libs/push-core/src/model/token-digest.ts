import { createHash } from 'node:crypto';
import type { ProviderToken } from './device.js';

/**
 * Names a physical token, whatever its length: two tokens with one digest are one. A Web Push subscription is its endpoint; its
 * keys may be renewed.
 */
export function tokenDigest({ provider, token }: ProviderToken): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, identityOf(provider, token)], sorted))
    .digest('base64url');
}

function identityOf(provider: string, token: ProviderToken['token']): ProviderToken['token'] {
  if (provider !== 'webpush' || typeof token === 'string') return token;
  return typeof token['endpoint'] === 'string' ? token['endpoint'] : token;
}

/** The order of an object's fields says nothing. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
