import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import { retryAfterMs } from '../retry-after.js';

/** Who answered. */
export interface Answerer {
  /** A browser's own push service, not a host that a device named. */
  readonly isKnown: boolean;
  /** It has taken something with this credential before. */
  readonly isProven: boolean;
}

/**
 * What an answer of a push service means for the token (RFC 8030, RFC 8292, Mozilla's `errno`).
 *
 * An endpoint's host is chosen by a device, so its answer speaks for that device alone: only a browser's own push service that has
 * never taken anything with this credential can say that the credential is wrong. Otherwise a single device could switch off the
 * tenant's notifications, and a single subscription made with an older key would do so by itself.
 */
export function readAnswer(result: HttpResult, who: Answerer, now: number): SendResult {
  switch (result.kind) {
    case 'forbidden':
      return { kind: 'token_suspect', reason: `endpoint_${result.reason}` };
    case 'refused':
      return { kind: 'transient', reason: result.reason };
    case 'unknown':
      return { kind: 'unknown_after_write', reason: result.reason };
    case 'answered':
      return readStatus(result, who, now);
  }
}

function readStatus(answer: Extract<HttpResult, { kind: 'answered' }>, who: Answerer, now: number): SendResult {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', providerId: readId(headers) };
  const { errno, word } = readBody(answer.body);
  const reason = `http_${status}${errno === undefined ? '' : `_errno_${errno}`}${word === undefined ? '' : `_${word}`}`;
  const retryAfter = retryAfterMs(headers, now);
  const later = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
  // The push service of Windows says 406 where others say 429.
  if (status === 429 || status === 406) return { kind: 'throttled', reason, scope: 'device', ...later };
  if (status >= 500 || status === 408 || status === 425) return { kind: 'transient', reason, ...later };
  switch (status) {
    case 404:
    case 410:
      return { kind: 'token_invalid', reason };
    case 401:
    case 403:
      return refusal(who, reason);
    case 400:
      return isAboutCredentials(errno, word) ? refusal(who, reason) : { kind: 'payload_error', reason };
    case 413:
      return { kind: 'payload_error', reason };
    default:
      return { kind: 'token_suspect', reason };
  }
}

const refusal = (who: Answerer, reason: string): SendResult => ({
  kind: who.isKnown && !who.isProven ? 'config_error' : 'token_suspect',
  reason,
});

/** Mozilla's 110–113 and 101 are about our headers; 109, and whatever has these words in it, about who we are. */
function isAboutCredentials(errno: number | undefined, word: string | undefined): boolean {
  return errno === 109 || (word !== undefined && /jwt|vapid|auth|key/i.test(word));
}

/** Mozilla: `{"errno": 103, …}`; Apple: `{"reason": "BadJwtToken"}`. Other bodies may hold anything, and are not repeated. */
function readBody(body: string): { errno?: number; word?: string } {
  try {
    const { errno, reason } = JSON.parse(body) as { errno?: unknown; reason?: unknown };
    return {
      ...(Number.isInteger(errno) && { errno: errno as number }),
      ...(typeof reason === 'string' && /^\w{1,40}$/.test(reason) && { word: reason }),
    };
  } catch {
    return {};
  }
}

/** Apple's. `Location` names the message elsewhere, but is a capability of its own and no use to us. */
function readId(headers: Readonly<Record<string, string>>): string | undefined {
  const id = headers['apns-id'];
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}
