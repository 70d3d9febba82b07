import { PushClientError } from '../errors.js';
import type { Socket, SocketFactory } from '../socket.js';

/** The slice of the class `ws` exports. */
export type WsConstructor = new (url: string, protocol: string, options: Record<string, unknown>) => Socket;

export interface NodeSocketOptions {
  /** The `WebSocket` class of the `ws` package. Default: `ws` is imported at the first connection. */
  WebSocket?: WsConstructor;
  /** More options of `ws`: `headers`, `agent`, `ca`, … */
  ws?: Record<string, unknown>;
}

/** Room for a full window of large messages joined in one frame. */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/** Sockets of the `ws` package, for Node before 22 or where headers, agents or certificates matter. */
export function nodeSocket(options: NodeSocketOptions = {}): SocketFactory {
  const settings = {
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    handshakeTimeout: 15_000,
    // A dead peer answers no closing handshake; the default of 30 s would keep the process alive that long.
    closeTimeout: 2_000,
    ...options.ws,
  };
  return async (url, protocol) => {
    const Constructor = options.WebSocket ?? (await importWs());
    return new Constructor(url, protocol, settings);
  };
}

async function importWs(): Promise<WsConstructor> {
  try {
    const { default: WebSocket } = (await import('ws')) as unknown as { default: WsConstructor };
    return WebSocket;
  } catch (error) {
    throw new PushClientError('CLIENT_NO_WEBSOCKET', 'nodeSocket() needs the package "ws": npm install ws', error);
  }
}
