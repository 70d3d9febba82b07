import { io } from 'socket.io-client';
import type { WebSocket } from 'ws';
import type { ByeFrame, ConnectedFrame, ServerFrame } from 'push-core/wire';
import { Client, type LinkEvents, type RawLink } from './client.js';

/** The public client, with its own reconnecting turned off: every link begins and ends here. */
export class SocketIoClient extends Client {
  readonly transport = 'socketio';

  protected begin(events: LinkEvents): RawLink {
    const { port, token, device } = this.options;
    const socket = io(`http://127.0.0.1:${port}/push`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token, device, resume: this.resume },
    });
    let bye: ByeFrame | undefined;
    socket.onAny((event: string, frame: ServerFrame) => {
      if (event === 'connected') events.connected((frame as ConnectedFrame).streams);
      else if (event === 'bye') bye = frame as ByeFrame;
      else if (event !== 'problem') events.frame(frame);
    });
    const gone = (why: Parameters<LinkEvents['gone']>[0]): void => {
      events.gone(why);
      socket.disconnect();
    };
    socket.on('disconnect', () => gone({ code: bye?.code, afterMs: bye?.afterMs, final: bye?.reconnect === false }));
    socket.on('connect_error', (error) => {
      const { retryable = true, retryAfterMs } =
        (error as { data?: { retryable?: boolean; retryAfterMs?: number } }).data ?? {};
      gone({ afterMs: retryAfterMs, final: !retryable, reason: error.message });
    });
    const underneath = (): WebSocket | undefined =>
      (socket.io.engine?.transport as unknown as { ws?: WebSocket } | undefined)?.ws;
    return {
      acknowledge: (s, seq) => void socket.emit('ack', { s, seq }),
      drop: () => {
        underneath()?.terminate();
        socket.disconnect();
      },
      abandon: () => underneath()?.pause(),
    };
  }
}
