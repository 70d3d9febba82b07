import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import { retryAfterMs } from '../retry-after.js';

/** What an answer says, before the provider has done its part: a newer JWT, a shorter payload, the other environment. */
export type Meaning =
  | 'token_invalid'
  | 'token_suspect'
  | 'config_error'
  | 'payload_error'
  | 'throttled_device'
  | 'throttled_provider'
  | 'transient'
  /** Apple asks for a quarter of an hour. */
  | 'transient_long'
  | 'stale_jwt'
  | 'too_large';

/**
 * Apple's reasons. A token is invalid by status *and* reason only: `Unregistered` and `ExpiredToken` count with status 410 and with no
 * other. What is not here is judged by its status.
 */
export const REASONS: Readonly<Record<string, { readonly status: number; readonly meaning: Meaning }>> = {
  BadCollapseId: { status: 400, meaning: 'payload_error' },
  BadDeviceToken: { status: 400, meaning: 'token_suspect' },
  BadExpirationDate: { status: 400, meaning: 'payload_error' },
  BadMessageId: { status: 400, meaning: 'payload_error' },
  BadPriority: { status: 400, meaning: 'payload_error' },
  BadTopic: { status: 400, meaning: 'config_error' },
  DeviceTokenNotForTopic: { status: 400, meaning: 'config_error' },
  DuplicateHeaders: { status: 400, meaning: 'payload_error' },
  IdleTimeout: { status: 400, meaning: 'transient' },
  InvalidPushType: { status: 400, meaning: 'payload_error' },
  MissingDeviceToken: { status: 400, meaning: 'payload_error' },
  MissingTopic: { status: 400, meaning: 'config_error' },
  PayloadEmpty: { status: 400, meaning: 'payload_error' },
  TopicDisallowed: { status: 400, meaning: 'config_error' },
  BadCertificate: { status: 403, meaning: 'config_error' },
  BadCertificateEnvironment: { status: 403, meaning: 'config_error' },
  BadEnvironmentKeyInToken: { status: 403, meaning: 'config_error' },
  BadEnvironmentKeyIdInToken: { status: 403, meaning: 'config_error' },
  ExpiredProviderToken: { status: 403, meaning: 'stale_jwt' },
  Forbidden: { status: 403, meaning: 'config_error' },
  InvalidProviderToken: { status: 403, meaning: 'config_error' },
  MissingProviderToken: { status: 403, meaning: 'config_error' },
  UnrelatedKeyIdInToken: { status: 403, meaning: 'config_error' },
  BadPath: { status: 404, meaning: 'config_error' },
  MethodNotAllowed: { status: 405, meaning: 'config_error' },
  ExpiredToken: { status: 410, meaning: 'token_invalid' },
  Unregistered: { status: 410, meaning: 'token_invalid' },
  PayloadTooLarge: { status: 413, meaning: 'too_large' },
  TooManyProviderTokenUpdates: { status: 429, meaning: 'throttled_provider' },
  TooManyRequests: { status: 429, meaning: 'throttled_device' },
  InternalServerError: { status: 500, meaning: 'transient_long' },
  ServiceUnavailable: { status: 503, meaning: 'transient_long' },
  /** This server goes down, others do not. */
  Shutdown: { status: 503, meaning: 'transient' },
};

const LONG_MS = 900_000;
/** After too many JWTs Apple does not listen "for a while". */
const JWT_PAUSE_MS = 300_000;
const DEVICE_PAUSE_MS = 60_000;

export interface Answer {
  readonly meaning: Meaning | 'accepted' | 'unknown_after_write';
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** With `token_invalid`: since when, Unix milliseconds. */
  readonly before?: number;
  readonly providerId?: string;
}

export function readAnswer(result: HttpResult, now: number): Answer {
  switch (result.kind) {
    case 'refused':
      return { meaning: 'transient', reason: 'unreachable' };
    case 'unknown':
      return { meaning: 'unknown_after_write', reason: result.reason };
    case 'forbidden':
      return { meaning: 'config_error', reason: 'endpoint_forbidden' };
    case 'answered':
      break;
  }
  const { status, headers, body } = result;
  if (status === 200) return { meaning: 'accepted', reason: 'accepted', providerId: headers['apns-id'] };
  const said = readBody(body);
  const known = Object.hasOwn(REASONS, said.reason) ? REASONS[said.reason] : undefined;
  const meaning = known?.status === status ? known.meaning : byStatus(status);
  return {
    meaning,
    reason: known ? said.reason : `http_${status}`,
    retryAfterMs: retryAfterMs(headers, now),
    before: meaning === 'token_invalid' ? said.timestamp : undefined,
  };
}

/** Of what the table does not know. 410 alone says too little to give a token up. */
function byStatus(status: number): Meaning {
  if (status === 400) return 'payload_error';
  if (status === 410) return 'token_suspect';
  if (status === 413) return 'too_large';
  if (status === 429) return 'throttled_device';
  return status >= 500 ? 'transient' : 'config_error';
}

/** The result where nothing more is done about it. */
export function toResult({ meaning, reason, retryAfterMs, before, providerId }: Answer): SendResult {
  switch (meaning) {
    case 'accepted':
      return { kind: 'accepted', providerId };
    case 'token_invalid':
      return { kind: 'token_invalid', reason, before };
    case 'token_suspect':
    case 'config_error':
    case 'payload_error':
    case 'unknown_after_write':
      return { kind: meaning, reason };
    case 'transient':
      return { kind: 'transient', reason, retryAfterMs };
    case 'transient_long':
      return { kind: 'transient', reason, retryAfterMs: retryAfterMs ?? LONG_MS };
    case 'throttled_device':
      return { kind: 'throttled', reason, retryAfterMs: retryAfterMs ?? DEVICE_PAUSE_MS, scope: 'device' };
    case 'throttled_provider':
      return { kind: 'throttled', reason, retryAfterMs: retryAfterMs ?? JWT_PAUSE_MS, scope: 'provider' };
    case 'stale_jwt':
      // A new one did not help either: its date is not Apple's.
      return { kind: 'config_error', reason };
    case 'too_large':
      return { kind: 'payload_error', reason };
  }
}

function readBody(body: string): { readonly reason: string; readonly timestamp?: number } {
  try {
    const value = JSON.parse(body) as { reason?: unknown; timestamp?: unknown } | null;
    return {
      reason: typeof value?.reason === 'string' ? value.reason : '',
      timestamp: typeof value?.timestamp === 'number' ? value.timestamp : undefined,
    };
  } catch {
    return { reason: '' };
  }
}
