/**
 * Every error the outside can see, with its HTTP status and whether the same call may succeed later.
 * `docs/errors.md` lists the same table; a test compares the two.
 */
export const ERRORS = {
  INVALID: { status: 400, retryable: false, title: 'A field is missing or has a wrong value' },
  UNKNOWN_FIELD: { status: 400, retryable: false, title: 'The request has a field this version does not know' },
  NO_AUDIENCE: { status: 400, retryable: false, title: 'Nobody is addressed' },
  TOO_LARGE: { status: 413, retryable: false, title: 'Larger than the limit' },
  NOT_SUPPORTED: { status: 422, retryable: false, title: 'Documented, but not available in this version' },
  UNAUTHORIZED: { status: 401, retryable: false, title: 'No valid credentials' },
  TOKEN_EXPIRED: { status: 401, retryable: false, title: 'The token has expired; get a new one' },
  REVOKED: { status: 401, retryable: false, title: 'The token was revoked; get a new one' },
  NOT_ALLOWED: { status: 403, retryable: false, title: 'The credentials do not permit this' },
  REFUSED: { status: 403, retryable: false, title: 'A hook of the host refused it' },
  TENANT_SUSPENDED: { status: 403, retryable: false, title: 'The tenant is suspended' },
  QUOTA_EXCEEDED: { status: 403, retryable: false, title: 'More than the tenant may have' },
  NOT_FOUND: { status: 404, retryable: false, title: 'There is no such thing' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: 'The path exists, not with this method' },
  IDEMPOTENCY_CONFLICT: { status: 409, retryable: false, title: 'The idempotency key was used with another body' },
  UNKNOWN_OP: { status: 400, retryable: false, title: 'The frame has an op this version does not know' },
  RATE_LIMITED: { status: 429, retryable: true, title: 'Too much at once from this caller' },
  OVERLOADED: { status: 503, retryable: true, title: 'More work is waiting than this node takes' },
  DRAINING: { status: 503, retryable: true, title: 'This node is shutting down' },
  STORE_UNAVAILABLE: { status: 503, retryable: true, title: 'The store did not answer' },
  BROKER_UNAVAILABLE: { status: 503, retryable: true, title: 'The message broker did not answer' },
  STORE_FULL: { status: 503, retryable: true, title: 'The store has no space left' },
  INTERNAL: { status: 500, retryable: true, title: 'Something failed that should not' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

const BRAND = Symbol.for('push.error');

export interface PushErrorDetails {
  /** Path of the field at fault, for example `to.users[2]`. */
  field?: string;
  /** When to try again, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** The one error type of the library. Recognise it with `isPushError`: two copies of the package may be loaded. */
export class PushError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly status: number;
  readonly field?: string;
  readonly retryAfterMs?: number;

  constructor(code: ErrorCode, message: string, details: PushErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PushError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.retryable = ERRORS[code].retryable;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** `status`, under the name by which Express, Fastify and Nest answer with it. */
  get statusCode(): number {
    return this.status;
  }
}

export function isPushError(value: unknown): value is PushError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Anything thrown, as a PushError; what is unknown becomes INTERNAL without its text, which could hold secrets. */
export function toPushError(thrown: unknown): PushError {
  if (isPushError(thrown)) return thrown;
  return new PushError('INTERNAL', 'The server failed to do this; try again', { cause: thrown });
}
