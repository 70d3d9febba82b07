import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions } from 'ws';
import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import { PushError } from '../../errors.js';
import type { Push } from '../../push.js';
import { claimUpgrades } from './claim-upgrades.js';
import { bearer, objection } from './door.js';
import { joinSocket } from './join-socket.js';
import { refuseUpgrade } from './refuse-upgrade.js';
import { webSocketServerOptions } from './server-options.js';

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

/**
 * Serves the protocol on a path of an HTTP server. Upgrades of that path are ours alone; other paths are left to whoever else
 * listens for upgrades.
 */
export function attachWebSocket(
  server: Server,
  push: Push,
  options: WebSocketOptions = {},
): { close(): Promise<void> } {
  const { path = '/v1/ws', allowedOrigins = [], closeTimeoutMs = 5000, clock = systemClock } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    ...webSocketServerOptions,
    closeTimeout: closeTimeoutMs,
  } satisfies ServerOptions & { closeTimeout: number } as ServerOptions);

  const upgrade = (request: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    const error = objection(push, request, allowedOrigins);
    if (error) return refuseUpgrade(tcp, error);
    const arrival = { token: bearer(request), address: push.addressOf(request) };
    sockets.handleUpgrade(request, tcp, head, (socket) => joinSocket(push, socket, tcp, arrival));
  };
  const other = (request: IncomingMessage, tcp: Duplex): void => {
    const nobody = (): void =>
      refuseUpgrade(tcp, new PushError('NOT_FOUND', `Nothing is upgraded here; the WebSocket is at ${path}`));
    if (server.listenerCount('upgrade') === 1) return nobody();
    // Node watches over no socket it has handed out: one that nobody answers would stay for ever.
    const { socket } = request;
    // A neighbour's answer counts, one in this very turn too: its WebSocket may say nothing more for long.
    const said = socket.bytesWritten;
    clock.after(UNANSWERED_MS, () => {
      if (!socket.destroyed && socket.bytesWritten === said) nobody();
    });
  };
  const giveBack = claimUpgrades(server, path, upgrade, other);
  return {
    close: async () => {
      giveBack();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}
