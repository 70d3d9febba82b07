import type { CloseReason } from '../close-reasons.js';
import type { PushError } from '../errors.js';
import { SharedFrame } from '../transports/shared-frame.js';
import type { ByeFrame, ErrorFrame, ServerFrame } from '../wire.js';

/** Frames for one connection. Pushes, gaps and skips are made by the follower. */
export const frameOf = (frame: ServerFrame): SharedFrame => new SharedFrame(JSON.stringify(frame));

export const PONG = '{"op":"pong"}';

export function errorFrame(error: PushError, id?: number): ErrorFrame {
  const { code, message, field, retryAfterMs } = error;
  return { op: 'error', id, code, message, field, afterMs: retryAfterMs };
}

export function byeFrame(reason: CloseReason, afterMs?: number): ByeFrame {
  return { op: 'bye', code: reason.code, reconnect: reason.reconnect, afterMs, reason: reason.reason };
}
