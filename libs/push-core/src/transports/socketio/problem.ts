import { ERRORS, type ErrorCode, type PushError } from '../../errors.js';
import type { ErrorFrame } from '../../wire.js';

/** What a client is told of an error: as `data` of a `connect_error`, as event `problem`, or in an acknowledgement. */
export interface SocketIoProblem {
  readonly code: string;
  readonly message: string;
  /** The same may succeed later. */
  readonly retryable: boolean;
  readonly field?: string;
  readonly retryAfterMs?: number;
}

export function problemOf({ code, message, retryable, field, retryAfterMs }: PushError): SocketIoProblem {
  return { code, message, retryable, field, retryAfterMs };
}

export function problemIn({ code, message, field, afterMs }: ErrorFrame): SocketIoProblem {
  const retryable = code in ERRORS && ERRORS[code as ErrorCode].retryable;
  return { code, message, retryable, field, retryAfterMs: afterMs };
}
