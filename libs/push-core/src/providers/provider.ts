import type { ProviderToken } from '../model/device.js';
import type { Composed, Retraction } from '../offline/composed.js';

/** The providers this library speaks to, by their names in the contract. */
export const PROVIDERS = [
  'apns',
  'fcm',
  'webpush',
  'hms',
  'harmony',
  'honor',
  'xiaomi',
  'oppo',
  'vivo',
  'meizu',
  'webhook',
] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Where a notification goes: one token of one device. A webhook has no token of its own: `token` is `''`. */
export interface Address {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly platform: string;
  readonly token: ProviderToken;
  /** When this token was registered for this device; a provider's word that it is dead counts only when it is newer. Unix milliseconds. */
  readonly registeredAt: number;
}

/**
 * What came of one send to one token. Only `token_invalid` says that the token is dead, and even then the caller deletes it
 * only when the provider's other tokens work (see `MassInvalid`). `reason` is the provider's own code, short and without
 * tokens or content.
 */
export type SendResult =
  | { readonly kind: 'accepted'; /** The provider's name for it. */ readonly providerId?: string }
  | {
      readonly kind: 'throttled';
      readonly reason: string;
      /** Not before then again. */ readonly retryAfterMs?: number;
      /** `device`: only this token; `provider`: everything of this credential. */ readonly scope:
        'device' | 'provider';
    }
  | { readonly kind: 'transient'; readonly reason: string; readonly retryAfterMs?: number }
  /** `before`: the provider says since when, Unix milliseconds; a registration that is newer keeps its token. */
  | { readonly kind: 'token_invalid'; readonly reason: string; readonly before?: number }
  | { readonly kind: 'token_suspect'; readonly reason: string }
  /** The tenant's credential or set-up is wrong: nothing of this credential will work until somebody changes it. */
  | { readonly kind: 'config_error'; readonly reason: string }
  /** This notification cannot be sent to anybody in this form. */
  | { readonly kind: 'payload_error'; readonly reason: string }
  | {
      readonly kind: 'quota_exhausted';
      readonly reason: string;
      /** Unix milliseconds. */ readonly until: number;
      readonly scope: 'device' | 'provider';
    }
  /** It was written, and no answer came: it may have been shown. */
  | { readonly kind: 'unknown_after_write'; readonly reason: string };

export type SendResultKind = SendResult['kind'];

export interface SendRequest {
  readonly address: Address;
  readonly notification: Composed;
}

/** A `check` of credentials: `ok`, or why not. `unknown`: the provider could not be reached. */
export type CheckResult =
  { readonly kind: 'ok' } | { readonly kind: 'config_error' | 'unknown'; readonly reason: string };

/**
 * A provider with one tenant's credentials. Made by a `ProviderFactory`, closed when the credentials change.
 *
 * `send` answers a result for each request, in their order; it never rejects, and answers by the deadline it was made with.
 * It repeats nothing by itself, apart from what the provider demands as part of one send: a refreshed access token, once;
 * the other environment, once; a request that surely was not processed (REFUSED_STREAM, above GOAWAY's last stream), once.
 */
export interface Provider {
  readonly name: string;
  send(requests: readonly SendRequest[]): Promise<readonly SendResult[]>;
  /**
   * Takes back what was shown (revoke, collapse, silent clear). `undefined` in the answer: this provider cannot, or must not
   * (a silent push to Apple's Web Push). Never rejects.
   */
  retract(requests: readonly RetractRequest[]): Promise<readonly (SendResult | undefined)[]>;
  /** Tries the credentials without showing anything to anybody. */
  check(): Promise<CheckResult>;
  /** Sends under way have their answer, or their deadline; then nothing is held any more. Idempotent. */
  close(): Promise<void>;
}

export interface RetractRequest {
  readonly address: Address;
  readonly retraction: Retraction;
}

/** The most a provider takes at once, and how fast; data, not code. */
export interface ProviderTraits {
  /** Requests handed to one `send`. */
  readonly batch: number;
  /** Notifications a second of one credential. */
  readonly perSecond: number;
  /** Notifications a day to one device, by message class; absent: no limit. The vendor's day begins at midnight UTC+8 where `dayOffsetMs` says so. */
  readonly perDeviceDay?: Readonly<Partial<Record<MessageClass, number>>>;
  readonly dayOffsetMs?: number;
  /** Local hours (UTC+8 where `dayOffsetMs` says so) in which messages of a class are taken, as [from, to). */
  readonly hours?: Readonly<Partial<Record<MessageClass, readonly [number, number]>>>;
}

/** How vendors in China sort messages: an IM message is `im`, whatever sells something is `marketing`. */
export type MessageClass = 'im' | 'marketing';

/** Reads a tenant's credentials; throws PushError `INVALID` with the field's name and the remedy, without the value. */
export interface ProviderFactory {
  readonly name: string;
  readonly traits: ProviderTraits;
  /** What `PUT /v1/tenants/{t}/providers/{p}` takes, checked and completed with defaults. */
  parse(credentials: unknown): Readonly<Record<string, unknown>>;
  /** A device's token, checked: throws PushError `INVALID` with the field's name. */
  checkToken(token: ProviderToken): void;
  create(credentials: Readonly<Record<string, unknown>>, tools: ProviderTools): Provider;
}

/** What providers share. Made once an engine. */
export interface ProviderTools {
  readonly tenant: string;
  readonly http: import('./http/pool.js').HttpPool;
  /** Access tokens and signed keys, shared by all nodes and refreshed by one of them. */
  readonly shelf: import('./token-shelf.js').TokenShelf;
  readonly clock: import('../clock/clock.js').Clock;
  readonly random: import('../ids/ids.js').Random;
  readonly ids: import('../ids/ids.js').Ids;
  /** A send has its answer by then. */
  readonly deadlineMs: number;
}
