import type { SendResult } from '../provider.js';

/** What a vendor's code says, of one token or of a whole request. */
export type Meaning =
  | 'accepted'
  /** The access token is old, or was never good: it is made anew once. */
  | 'stale_access'
  | 'transient'
  | 'token_invalid'
  | 'token_suspect'
  | 'config_error'
  | 'payload_error'
  /** Everything of this credential, or this token alone, is to slow down. */
  | 'throttled'
  | 'throttled_device'
  /** The vendor's share is used up until its next day begins. */
  | 'quota'
  | 'quota_device';

/** By the vendor's code. What is not in it is `transient`: it is tried again a few times, and nothing is deleted for it. */
export type Codes = Readonly<Record<string, Meaning>>;

/** All vendors of this folder count their days in China's time. */
export const CHINA_MS = 8 * 3600_000;
const DAY_MS = 24 * 3600_000;

/** The next midnight, UTC+8. Unix milliseconds. */
export function nextDay(now: number): number {
  return Math.floor((now + CHINA_MS) / DAY_MS) * DAY_MS + DAY_MS - CHINA_MS;
}

export interface Said {
  readonly meaning: Exclude<Meaning, 'accepted' | 'stale_access'>;
  /** The vendor's own code: short, without tokens or content. */
  readonly reason: string;
  readonly retryAfterMs?: number;
}

export function toResult({ meaning, reason, retryAfterMs }: Said, now: number): SendResult {
  switch (meaning) {
    case 'transient':
      return { kind: 'transient', reason, retryAfterMs };
    case 'throttled':
      return { kind: 'throttled', reason, retryAfterMs, scope: 'provider' };
    case 'throttled_device':
      return { kind: 'throttled', reason, retryAfterMs, scope: 'device' };
    case 'quota':
      return { kind: 'quota_exhausted', reason, until: nextDay(now), scope: 'provider' };
    case 'quota_device':
      return { kind: 'quota_exhausted', reason, until: nextDay(now), scope: 'device' };
    case 'token_invalid':
    case 'token_suspect':
    case 'config_error':
    case 'payload_error':
      return { kind: meaning, reason };
  }
}
