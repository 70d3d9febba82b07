import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import { retryAfterMs } from '../retry-after.js';

export type Meaning =
  'token_invalid' | 'token_suspect' | 'config_error' | 'payload_error' | 'throttled' | 'transient' | 'stale_access';

/**
 * FcmError codes, from `error.details`. `INVALID_ARGUMENT` is not here: it is a bad token or a bad payload, and only what else stands in
 * the answer tells which. What is not here is judged by its status.
 */
export const CODES: Readonly<Record<string, Meaning>> = {
  UNREGISTERED: 'token_invalid',
  UNREGISTERED_FID: 'token_invalid',
  SENDER_ID_MISMATCH: 'config_error',
  QUOTA_EXCEEDED: 'throttled',
  UNAVAILABLE: 'transient',
  INTERNAL: 'transient',
  THIRD_PARTY_AUTH_ERROR: 'config_error',
};

/** Google asks for a minute at least. */
const QUOTA_PAUSE_MS = 60_000;

export interface Answer {
  readonly meaning: Meaning | 'accepted' | 'unknown_after_write';
  readonly reason: string;
  readonly retryAfterMs?: number;
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
  const { status, body } = result;
  const json = parse(body);
  if (status === 200) {
    return {
      meaning: 'accepted',
      reason: 'accepted',
      providerId: typeof json.name === 'string' ? json.name : undefined,
    };
  }
  const error = objectOf(json.error);
  const code = codeOf(error);
  const wait = retryAfterMs(result.headers, now);
  if (code === 'INVALID_ARGUMENT') return invalidArgument(status, error);
  // 404 is the status of a dead token, and of a project or an address that does not exist: the code tells.
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (known === 'token_invalid' && status !== 404) return { meaning: 'token_suspect', reason: code };
  return { meaning: known ?? byStatus(status), reason: known ? code : `http_${status}`, retryAfterMs: wait };
}

/** A token that never was one, or something wrong with the message: Google says it in two ways, and both are read. */
function invalidArgument(status: number, error: Json): Answer {
  const reason = 'INVALID_ARGUMENT';
  if (status !== 400) return { meaning: byStatus(status), reason };
  const fields = detailsOf(error).flatMap((detail) =>
    Array.isArray(detail.fieldViolations) ? detail.fieldViolations.map((one) => objectOf(one).field) : [],
  );
  const aboutToken = fields.length > 0 && fields.every((field) => field === 'message.token');
  const says = typeof error.message === 'string' && /not a valid FCM registration token/i.test(error.message);
  return { meaning: aboutToken || says ? 'token_invalid' : 'payload_error', reason };
}

function byStatus(status: number): Meaning {
  if (status === 400 || status === 413) return 'payload_error';
  if (status === 401) return 'stale_access';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'transient' : 'config_error';
}

export function toResult({ meaning, reason, retryAfterMs: wait, providerId }: Answer): SendResult {
  switch (meaning) {
    case 'accepted':
      return { kind: 'accepted', providerId };
    case 'transient':
      return { kind: 'transient', reason, retryAfterMs: wait };
    case 'throttled':
      return { kind: 'throttled', reason, retryAfterMs: Math.max(wait ?? 0, QUOTA_PAUSE_MS), scope: 'provider' };
    case 'stale_access':
      // A new access token did not help either.
      return { kind: 'config_error', reason };
    case 'token_invalid':
    case 'token_suspect':
    case 'config_error':
    case 'payload_error':
    case 'unknown_after_write':
      return { kind: meaning, reason };
  }
}

type Json = Readonly<Record<string, unknown>>;

/** The FcmError's code where there is one, else the general status. */
function codeOf(error: Json): string {
  for (const detail of detailsOf(error)) {
    if (typeof detail.errorCode === 'string' && String(detail['@type']).endsWith('FcmError')) return detail.errorCode;
  }
  // Of the general ones, these say the same; NOT_FOUND and PERMISSION_DENIED say less than the codes they stand for.
  const general = String(error.status);
  return general === 'INVALID_ARGUMENT' || general === 'UNAVAILABLE' || general === 'INTERNAL' ? general : '';
}

const detailsOf = (error: Json): readonly Json[] => (Array.isArray(error.details) ? error.details.map(objectOf) : []);

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function parse(body: string): Json {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    return {};
  }
}
