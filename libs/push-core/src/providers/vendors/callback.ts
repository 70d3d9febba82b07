import { createHmac, timingSafeEqual } from 'node:crypto';
import { sharedName } from './names.js';

/** A vendor's word about a notification that it took, told later. */
export interface CallbackEvent {
  /**
   *   shown          it reached the device
   *   opened         the user tapped it
   *   not_shown      taken, and not shown: switched off, filtered, a quota, replaced, the device away for weeks
   *   token_invalid  the token is dead: the app is gone
   */
  readonly kind: 'shown' | 'opened' | 'not_shown' | 'token_invalid';
  /** The vendor's own code. */
  readonly reason: string;
  /** `Composed.id`, where it went out alone. */
  readonly notificationId?: string;
  /** What `SendResult.providerId` may have been: alone, or as a share of a request with several tokens. */
  readonly providerIds: readonly string[];
  readonly token?: string;
  /** Unix milliseconds. */
  readonly at?: number;
}

export type CallbackReading =
  | { readonly kind: 'events'; readonly events: readonly CallbackEvent[] }
  /** Not from the vendor, or not to be read: nothing of it counts. */
  | { readonly kind: 'refused'; readonly reason: 'not_configured' | 'signature' | 'too_old' | 'unreadable' };

/**
 * Reads what a vendor posted to the callback address. Pure: `now` in Unix milliseconds, `headers` with names in lower case, `body` as it
 * came, `credentials` as `ProviderFactory.parse` answered them.
 */
export type ParseCallback = (
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  credentials: Readonly<Record<string, unknown>>,
  now: number,
) => CallbackReading;

const MAC_LENGTH = 12;

/**
 * What goes along with a notification and comes back with its receipt. Most vendors sign nothing: whoever knows the callback address could
 * have tokens deleted. So what is sent along is signed by us, with a key made from the app's secret. 49 characters for a UUID.
 */
export const callbackParam = (key: string, secret: string): string => `${key}.${mac(key, secret)}`;

/** The key, where it is one of ours. */
export function readParam(param: unknown, secret: string): string | undefined {
  if (typeof param !== 'string') return undefined;
  const dot = param.lastIndexOf('.');
  const key = param.slice(0, Math.max(0, dot));
  const given = Buffer.from(param.slice(dot + 1));
  const wanted = Buffer.from(mac(key, secret));
  return key !== '' && given.length === wanted.length && timingSafeEqual(given, wanted) ? key : undefined;
}

function mac(key: string, secret: string): string {
  const own = createHmac('sha256', secret).update('push callback').digest();
  return createHmac('sha256', own).update(key).digest('base64url').slice(0, MAC_LENGTH);
}

export const bothNames = (vendorId: string, token: string): readonly string[] => [
  vendorId,
  sharedName(vendorId, token),
];

export const secretOf = (value: unknown): string => (typeof value === 'string' ? value : '');
