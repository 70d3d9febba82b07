import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Whether the client has left already: then `onEnd` would never run. To be asked in the same turn as `onEnd`, so that a
 * client that leaves while the request waits for something is never missed.
 */
export const hasEnded = (request: IncomingMessage, response: ServerResponse): boolean =>
  response.destroyed || response.writableEnded || request.socket.destroyed;

/** Runs once, when the answer has left or the client has. */
export function onEnd(request: IncomingMessage, response: ServerResponse, run: () => void): void {
  let ended = false;
  const once = (): void => {
    if (ended) return;
    ended = true;
    waiting?.off('close', once);
    run();
  };
  response.on('close', once);
  // A pipelined request waits for its turn on the socket; Node does not tell its response when the socket is gone.
  const waiting = response.socket === null ? request.socket : undefined;
  waiting?.on('close', once);
}
