const BRAND = Symbol.for('push-client.error');

/**
 * Codes this SDK makes itself. A code without the prefix came from the server (`NOT_ALLOWED`, …).
 */
export type ClientErrorCode =
  | 'CLIENT_BAD_OPTION'
  | 'CLIENT_BAD_TOPIC'
  | 'CLIENT_BAD_MARK'
  /** What was asked for cannot be had any more: the client was closed. */
  | 'CLIENT_CLOSED'
  /** The server ended the connection for good (bad token, revoked, replaced, protocol). */
  | 'CLIENT_REFUSED'
  | 'CLIENT_CONNECT_FAILED'
  | 'CLIENT_TOKEN_FAILED'
  | 'CLIENT_TIMEOUT'
  /** A frame of the server made no sense and was ignored. */
  | 'CLIENT_BAD_FRAME'
  /** A handler threw or rejected; of `message` handlers that means: not acknowledged, comes again. */
  | 'CLIENT_HANDLER_FAILED'
  /** An entry is missing in a stream and was not sent again in time. */
  | 'CLIENT_HOLE'
  /** The server continues a stream later than this client has seen it. */
  | 'CLIENT_RESUME_AHEAD'
  | 'CLIENT_STORAGE_FAILED'
  /** A stored cursor was not readable and is ignored. */
  | 'CLIENT_BAD_CURSOR'
  | 'CLIENT_NO_WEBSOCKET'
  /** What was asked for cannot be said over the transport in use. */
  | 'CLIENT_TRANSPORT';

export type PushClientErrorCode = ClientErrorCode | (string & {});

/** What a promise of the SDK rejects with, and what the `error` event carries. */
export class PushClientError extends Error {
  override readonly name = 'PushClientError';
  readonly code: PushClientErrorCode;
  readonly [BRAND] = true;

  constructor(code: PushClientErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** By brand, not `instanceof`: an application may hold two copies of this package. */
export function isPushClientError(error: unknown): error is PushClientError {
  return typeof error === 'object' && error !== null && (error as { [BRAND]?: unknown })[BRAND] === true;
}
