import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions } from 'ws';
import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import { LIMITS } from '../../model/limits.js';
import type { Push } from '../../push.js';
import type { Arrival } from '../transport.js';
import { isAllowedOrigin } from '../origin.js';
import { PushSocket } from './push-socket.js';
import { WebSocketLink } from './web-socket-link.js';

const SUBPROTOCOL = 'push.v1.json';
/** For other listeners to answer an upgrade of theirs. */
const UNANSWERED_MS = 10_000;

export interface WebSocketOptions {
  /** Default `/v1/ws`. */
  path?: string;
  /** Exact origins; empty: the server's own only. */
  allowedOrigins?: readonly string[];
  /** A peer that does not answer the closing handshake is cut off after. Default 5000. */
  closeTimeoutMs?: number;
  clock?: Clock;
}

/** Serves the protocol on a path of an HTTP server; other paths are left to whoever else listens for upgrades. */
export function attachWebSocket(
  server: Server,
  push: Push,
  options: WebSocketOptions = {},
): { close(): Promise<void> } {
  const { path = '/v1/ws', allowedOrigins = [], closeTimeoutMs = 5000, clock = systemClock } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: PushSocket,
    maxPayload: LIMITS.clientFrameBytes,
    perMessageDeflate: false,
    closeTimeout: closeTimeoutMs,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  } satisfies ServerOptions & { closeTimeout: number } as ServerOptions);

  const upgrade = (request: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    if (pathOf(request) !== path) {
      const nobody = (): void =>
        refuse(tcp, '404 Not Found', 'NOT_FOUND', `Nothing is upgraded here; the WebSocket is at ${path}`);
      if (server.listenerCount('upgrade') === 1) return nobody();
      // Node watches over no socket it has handed out: one that nobody answers would stay for ever.
      const { socket } = request;
      const said = socket.bytesWritten;
      clock.after(UNANSWERED_MS, () => {
        if (!socket.destroyed && socket.bytesWritten === said) nobody();
      });
      return;
    }
    if (!isAllowedOrigin(request, allowedOrigins)) {
      refuse(tcp, '403 Forbidden', 'NOT_ALLOWED', 'This origin is not on the list of allowed origins');
      return;
    }
    const offered = request.headers['sec-websocket-protocol'];
    if (offered !== undefined && !offered.split(',').some((one) => one.trim() === SUBPROTOCOL)) {
      refuse(tcp, '400 Bad Request', 'INVALID', `Offer the subprotocol ${SUBPROTOCOL}`);
      return;
    }
    const address = request.socket.remoteAddress;
    const unwanted = push.refusal(address);
    if (unwanted) {
      const { status, code, message, retryAfterMs } = unwanted;
      const line = status === 429 ? '429 Too Many Requests' : '503 Service Unavailable';
      refuse(tcp, line, code, message, retryAfterMs);
      return;
    }
    sockets.handleUpgrade(request, tcp, head, (accepted) => {
      handOver(push, accepted as PushSocket, tcp, { token: bearer(request), address });
    });
  };
  server.on('upgrade', upgrade);
  return {
    close: async () => {
      server.off('upgrade', upgrade);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}

/** Apart from the upgrade, so that no listener keeps its request and its headers alive. */
function handOver(push: Push, socket: PushSocket, tcp: Duplex, arrival: Arrival): void {
  const handler = push.accept(new WebSocketLink(socket, tcp), arrival);
  socket.join(handler);
  tcp.on('drain', () => handler.drained());
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function refuse(tcp: Duplex, status: string, code: string, detail: string, retryAfterMs?: number): void {
  const later = retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(retryAfterMs / 1000)}\r\n`;
  const body = JSON.stringify({
    type: `urn:nest-push:error:${code}`,
    title: status.slice(4),
    status: Number(status.slice(0, 3)),
    detail,
    code,
    retryable: retryAfterMs !== undefined,
  });
  tcp.on('error', () => tcp.destroy());
  tcp.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${later}\r\n${body}`,
    () => tcp.destroy(),
  );
}
