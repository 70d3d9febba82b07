import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import type { PushError } from '../../errors.js';
import type { Identity } from '../../online/authenticator.js';
import type { Push } from '../../push.js';
import { decodeCursor } from '../cursor/cursor.js';
import { hasEnded, onEnd } from '../http/request-end.js';
import { EventStream } from './event-stream.js';
import { SseLink } from './sse-link.js';

export interface SseRequest {
  /** Who it is, verified: by `Push.identify`, or by the host itself. */
  readonly identity: Identity;
  readonly device: string;
  /** Topics to follow beside those the user subscribes to. */
  readonly follow?: readonly string[];
  /** The id of the last event the client has: acknowledges, and says where to continue. */
  readonly lastEventId?: string;
  /** What `lastEventId` is called in errors. Default `Last-Event-ID`. */
  readonly lastEventIdField?: string;
  /** The client's address. Default: the request's, by `Push.addressOf`. */
  readonly address?: string;
  /** Answers the request in place of the events: the device was not admitted. Nothing has been answered then. */
  refuse(error: PushError): void;
  readonly clock?: Clock;
  /** A client that does not take the end of its stream is cut off after. Milliseconds, default 5000. */
  readonly closeTimeoutMs?: number;
}

/**
 * Answers a request with an event stream, until either side ends it. Works on Node's own request and response, so on Express's
 * as they are, and on Fastify's `raw` ones after `reply.hijack()`. Throws PushError INVALID, before anything is
 * answered, where the id is not one of ours.
 */
export function serveSse(
  push: Pick<Push, 'accept' | 'addressOf'>,
  request: IncomingMessage,
  response: ServerResponse,
  options: SseRequest,
): void {
  const { identity, device, follow, lastEventId, lastEventIdField = 'Last-Event-ID' } = options;
  const { clock = systemClock, closeTimeoutMs = 5000, address = push.addressOf(request) } = options;
  const resume =
    lastEventId === undefined ? undefined : Object.fromEntries(decodeCursor(lastEventId, lastEventIdField).positions);
  if (hasEnded(request, response)) return;
  const stream = new EventStream(request, response);
  const link = new SseLink(stream, (error) => options.refuse(error), clock, closeTimeoutMs);
  onEnd(request, response, () => link.gone());
  link.handler = push.accept(link, {
    identity,
    address,
    // Acknowledgements come with the next link: nothing would ever open a window.
    connect: { device, resume, window: Infinity, follow },
  });
}
