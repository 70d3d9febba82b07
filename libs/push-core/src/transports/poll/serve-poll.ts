import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import type { PushError } from '../../errors.js';
import type { Identity } from '../../online/authenticator.js';
import type { Push } from '../../push.js';
import { decodeCursor } from '../cursor/cursor.js';
import { hasEnded, onEnd } from '../http/request-end.js';
import { PollLink } from './poll-link.js';

/** How long a poll may be held: proxies in between give up on what is quiet for longer. Milliseconds. */
export const POLL_WAIT = Object.freeze({ defaultMs: 25_000, maxMs: 60_000 });
const ENTRIES = 256;

export interface PollRequest {
  /** Who it is, verified: by `Push.identify`, or by the host itself. */
  readonly identity: Identity;
  readonly device: string;
  /** The cursor of the last answer: acknowledges, and says where to continue. */
  readonly after?: string;
  /** How long to wait for an entry where there is none. 0: answer at once. Milliseconds, default 25000, at most 60000. */
  readonly waitMs?: number;
  /** Entries of one answer. Default and at most 256. */
  readonly limit?: number;
  /** The client's address. Default: the request's, by `Push.addressOf`. */
  readonly address?: string;
  /** Answers the request in place of entries: the device was not admitted. Nothing has been answered then. */
  refuse(error: PushError): void;
  readonly clock?: Clock;
  /** A client that does not take its answer is cut off after. Milliseconds, default 15000. */
  readonly takeTimeoutMs?: number;
}

/**
 * Answers a request with the entries after a cursor, at once or when there are some. Keeps nothing between two polls: any
 * node can answer any of them. Works on Node's own request and response, as `serveSse` does. Throws PushError INVALID,
 * before anything is answered, where the cursor is not one of ours.
 */
export function servePoll(
  push: Pick<Push, 'accept' | 'addressOf'>,
  request: IncomingMessage,
  response: ServerResponse,
  options: PollRequest,
): void {
  const { identity, device, after, waitMs = POLL_WAIT.defaultMs, limit = ENTRIES } = options;
  const { clock = systemClock, takeTimeoutMs = 15_000, address = push.addressOf(request) } = options;
  const cursor = after === undefined ? undefined : decodeCursor(after, 'after');
  if (hasEnded(request, response)) return;
  let cutOff: Timer | undefined;
  const entries = Math.min(limit, ENTRIES);
  const link = new PollLink({
    after,
    told: cursor?.notices ?? new Set(),
    clock,
    waitMs: Math.min(waitMs, POLL_WAIT.maxMs),
    limit: entries,
    refuse: (error) => options.refuse(error),
    answer: (json) => {
      response.statusCode = 200;
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      response.setHeader('Cache-Control', 'no-store');
      response.end(json);
      // What it holds is not the engine's any more, so nothing else would notice.
      cutOff = clock.after(takeTimeoutMs, () => request.socket.destroy());
    },
  });
  onEnd(request, response, () => {
    cutOff?.cancel();
    link.gone();
  });
  const resume = cursor && Object.fromEntries(cursor.positions);
  link.handler = push.accept(link, { identity, address, connect: { device, resume, window: entries } });
}
