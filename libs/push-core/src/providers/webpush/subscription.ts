import { ECDH } from 'node:crypto';
import { PushError } from '../../errors.js';
import type { ProviderToken } from '../../model/device.js';
import type { Recipient } from './encrypt.js';

/** What a browser's `PushSubscription`, or a UnifiedPush distributor, gives, checked. */
export interface Subscription extends Recipient {
  /** A capability: whoever has it can send. Never logged. */
  readonly endpoint: string;
  /** `https://push.example`: whom a VAPID token is made out to. */
  readonly origin: string;
}

const ENDPOINT_CHARS = 2048;
const BASE64 = /^[\w+/-]+={0,2}$/;

/**
 * As a device is registered with it: whatever can be said of it without asking anybody. Whether the endpoint's address may be connected
 * to is the egress guard's business, at registration and again at every connection. Throws PushError `INVALID`.
 */
export function checkSubscription(token: ProviderToken): void {
  if (isPoint(readSubscription(token).publicKey)) return;
  throw invalid('token.keys.p256dh', 'must be an uncompressed point of P-256');
}

/** As it is sent to. That the key is a point of the curve is seen by the key agreement itself, which costs enough. Throws as above. */
export function readSubscription({ token }: ProviderToken): Subscription {
  const { endpoint, keys } = fields(token, 'token');
  const url = readEndpoint(endpoint);
  const { p256dh, auth } = fields(keys, 'token.keys');
  return {
    endpoint: url.href,
    origin: url.origin,
    publicKey: readKey(p256dh, 'token.keys.p256dh', 65),
    auth: readKey(auth, 'token.keys.auth', 16),
  };
}

function readEndpoint(value: unknown): URL {
  const field = 'token.endpoint';
  if (typeof value !== 'string' || value.length > ENDPOINT_CHARS || !URL.canParse(value)) {
    throw invalid(field, `must be a URL of ${ENDPOINT_CHARS} characters at most`);
  }
  const url = new URL(value);
  // http is for the addresses that an operator admits apart; the guard knows which.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid(field, 'must begin with https://');
  if (url.username !== '' || url.password !== '') throw invalid(field, 'must not hold a user name or a password');
  return url;
}

function readKey(value: unknown, field: string, length: number): Buffer {
  const key = typeof value === 'string' && BASE64.test(value) ? Buffer.from(value, 'base64url') : undefined;
  if (key?.length !== length) throw invalid(field, `must be ${length} bytes in base64url`);
  return key;
}

/** A point that is not on the curve would give parts of our key away. */
function isPoint(key: Buffer): boolean {
  if (key[0] !== 4) return false;
  try {
    ECDH.convertKey(key, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}

function fields(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(field, 'must be an object, as PushSubscription.toJSON() makes it');
}

const invalid = (field: string, complaint: string): PushError =>
  new PushError('INVALID', `"${field}" ${complaint}`, { field });
