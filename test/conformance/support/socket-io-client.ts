import type { WebSocket } from 'ws';
import { io, type Socket } from 'socket.io-client';
import type { ConnectOptions, Ending, TransportClient } from 'push-core/testing';
import type { PushFrame, ServerFrame } from 'push-core/wire';
import { FrameReader } from './frame-reader.js';

export interface SocketIoClientOptions extends ConnectOptions {
  /** With its namespace. */
  readonly url: string;
  /** Before the names of all events but `push`. */
  readonly prefix?: string;
  /** `callback`: calls what came with each `push`. `event`: emits `ack`. */
  readonly acknowledgesBy: 'callback' | 'event';
}

/** The public client, with its own reconnecting and buffering turned off: every link is asked for by the test. */
export function socketIoClient(options: SocketIoClientOptions): TransportClient {
  const { url, prefix = '', acknowledgesBy, token, device, resume, window } = options;
  const reader = new FrameReader();
  const callbacks = new Map<string, () => void>();
  const socket: Socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { token, device, resume, window },
  });
  const gone = (ending: Ending): void => {
    reader.gone(ending);
    socket.disconnect();
  };
  socket.onAny((event: string, frame: ServerFrame, acknowledge?: () => void) => {
    if (event === `${prefix}problem`) return;
    reader.take(JSON.stringify(frame));
    if (event === 'push' && acknowledge) callbacks.set(place(frame as PushFrame), acknowledge);
  });
  // A server's "disconnect" is not to be answered by coming back, a lost connection is.
  socket.on('disconnect', (reason) => gone({ reconnect: reason !== 'io server disconnect' }));
  socket.on('connect_error', (error) => {
    const { retryable, retryAfterMs } = (error as { data?: { retryable?: boolean; retryAfterMs?: number } }).data ?? {};
    gone({ reconnect: retryable ?? true, afterMs: retryAfterMs });
  });
  /** None is left after the end. */
  const underneath = () => (socket.io.engine.transport as unknown as { ws?: WebSocket }).ws;
  return {
    frames: reader.frames,
    ended: reader.ended,
    position: () => reader.position(),
    acknowledge(s, seq) {
      if (acknowledgesBy === 'event') socket.emit(`${prefix}ack`, { s, seq });
      else callbacks.get(place({ s, seq }))?.();
    },
    pause: () => underneath()?.pause(),
    unpause: () => underneath()?.resume(),
    drop: () => underneath()?.terminate(),
    close: () => void socket.disconnect(),
  };
}

const place = ({ s, seq }: { s: string; seq: number }): string => `${seq} ${s}`;
