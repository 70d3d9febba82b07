import type { IncomingMessage } from 'node:http';
import { byeFrame, errorFrame, frameOf } from '../../online/server-frames.js';
import type { Push } from '../../push.js';
import { OPEN, type AcceptedSocket } from './accepted-socket.js';
import { reasonFor } from './close-words.js';
import { bearer, objection } from './door.js';
import { isJoined, joinSocket } from './join-socket.js';
import { WebSocketLink } from './web-socket-link.js';

export interface AcceptWebSocketOptions {
  /** Exact origins; empty: the server's own only. */
  allowedOrigins?: readonly string[];
}

/**
 * Serves the protocol on a socket whose upgrade another server has answered, a gateway of the application for instance; give it
 * in the turn in which it was opened. The whole socket is ours from then on. Pages of other origins, and whomever the engine
 * has no room for, are told why and sent away. Never throws; a socket is accepted once, however often it is given.
 *
 * `request` is that of the upgrade. Make the server with `webSocketServerOptions`.
 */
export function acceptWebSocket(
  push: Push,
  socket: AcceptedSocket,
  request: IncomingMessage,
  { allowedOrigins = [] }: AcceptWebSocketOptions = {},
): void {
  if (socket.readyState !== OPEN || isJoined(socket)) return;
  const tcp = request.socket;
  const error = objection(push, request, allowedOrigins);
  if (!error) return joinSocket(push, socket, tcp, { token: bearer(request), address: push.addressOf(request) });
  const reason = reasonFor(error);
  const link = new WebSocketLink(socket, tcp);
  // It may break while it closes.
  socket.on('error', () => undefined);
  link.send([frameOf(errorFrame(error)), frameOf(byeFrame(reason, error.retryAfterMs))]);
  link.close(reason);
}
