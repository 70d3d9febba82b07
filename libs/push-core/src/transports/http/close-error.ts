import { CLOSE, type CloseReason } from '../../close-reasons.js';
import { ERRORS, PushError, type ErrorCode } from '../../errors.js';
import type { ByeFrame, ErrorFrame } from '../../wire.js';
import type { FrameLine } from './frame-line.js';

const CODES = new Map<number, ErrorCode>([
  [CLOSE.draining.code, 'DRAINING'],
  [CLOSE.overloaded.code, 'OVERLOADED'],
  [CLOSE.slowConsumer.code, 'OVERLOADED'],
  [CLOSE.noHeartbeat.code, 'OVERLOADED'],
  [CLOSE.replaced.code, 'REFUSED'],
  [CLOSE.badToken.code, 'UNAUTHORIZED'],
  [CLOSE.tokenExpired.code, 'TOKEN_EXPIRED'],
  [CLOSE.revoked.code, 'REVOKED'],
]);

/**
 * Why a link was closed, as the error of the HTTP request it came with. `said` are the frames sent on it before: an
 * `error` among them tells more than the close, a `bye` when to come back.
 */
export function closeError(reason: CloseReason, said: readonly FrameLine[]): PushError {
  const error = parsed<ErrorFrame>(said, 'error');
  const retryAfterMs = parsed<ByeFrame>(said, 'bye')?.afterMs;
  if (error && Object.hasOwn(ERRORS, error.code)) {
    return new PushError(error.code as ErrorCode, error.message, { field: error.field, retryAfterMs });
  }
  const code = CODES.get(reason.code) ?? 'INVALID';
  return new PushError(code, `${ERRORS[code].title} (${reason.code} ${reason.reason})`, { retryAfterMs });
}

function parsed<F>(said: readonly FrameLine[], op: string): F | undefined {
  const line = said.findLast((one) => one.op === op);
  return line && (JSON.parse(line.text) as F);
}
