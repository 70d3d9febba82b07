import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import { retryAfterMs } from '../retry-after.js';

/** There are no tokens here: what is wrong is the tenant's receiver or the moment. */
export function readAnswer(result: HttpResult, now: number): SendResult {
  switch (result.kind) {
    case 'forbidden':
      return { kind: 'config_error', reason: `url_${result.reason}` };
    case 'refused':
      return { kind: 'transient', reason: result.reason };
    case 'unknown':
      return { kind: 'unknown_after_write', reason: result.reason };
    case 'answered':
      return readStatus(result.status, retryAfterMs(result.headers, now));
  }
}

function readStatus(status: number, retryAfter: number | undefined): SendResult {
  const reason = `http_${status}`;
  const later = retryAfter === undefined ? {} : { retryAfterMs: retryAfter };
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status === 429) return { kind: 'throttled', reason, scope: 'provider', ...later };
  if (status >= 500 || status === 408 || status === 425) return { kind: 'transient', reason, ...later };
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return { kind: 'payload_error', reason };
    // 410 says: never again. A redirect is not followed: the address in the settings is to be changed.
    default:
      return { kind: 'config_error', reason };
  }
}
