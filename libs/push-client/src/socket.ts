import { PushClientError } from './errors.js';

/** The slice of the WebSocket API this SDK uses; a browser's `WebSocket` and that of `ws` fit. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/**
 * Opens a socket. A `PushClientError` thrown here ends the client (there is no point in trying again); any other error
 * counts as a failed attempt.
 */
export type SocketFactory = (url: string, protocol: string) => Socket | Promise<Socket>;

/** The platform's own WebSocket: browsers, workers, Node 22 and later. */
export const globalSocket: SocketFactory = (url, protocol) => {
  const { WebSocket: Constructor } = globalThis as unknown as {
    WebSocket?: new (url: string, protocol: string) => Socket;
  };
  if (Constructor === undefined) {
    throw new PushClientError(
      'CLIENT_NO_WEBSOCKET',
      'there is no global WebSocket here: pass `socket: nodeSocket()` from "push-client/node"',
    );
  }
  return new Constructor(url, protocol);
};
