import type { AnySocketIoNamespace, AnySocketIoServer } from 'push-core/socketio';

/** What the application's adapter made for a gateway, by what it looks like. */

export function isSocketIo(server: unknown): server is AnySocketIoServer | AnySocketIoNamespace {
  return has(server, 'of') || has(server, 'use');
}

/** A `WebSocketServer` of `ws`. */
export const isWebSocketServer = (server: unknown): boolean => has(server, 'handleUpgrade');

const has = (server: unknown, method: string): boolean =>
  typeof (server as Record<string, unknown> | null | undefined)?.[method] === 'function';
