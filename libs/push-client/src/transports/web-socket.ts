import type { ClientFrame } from 'push-core/wire';
import type { Socket, SocketFactory } from '../socket.js';
import type { Hello, Transport, Wire, WirePorts } from './wire.js';

const SUBPROTOCOL = 'push.v1.json';
/** Half of what a server takes in one frame (32 KiB), in characters of which few are longer than a byte. */
const LONGEST_FRAME_CHARS = 16 * 1024;

/** The default, and the best: everything goes both ways over one connection. */
export function webSocket(): Transport {
  return ({ url, socket }) =>
    (ports) =>
      new WebSocketWire(url, socket, ports);
}

class WebSocketWire implements Wire {
  readonly transport = 'websocket';
  private socket: Socket | undefined;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly factory: SocketFactory,
    private readonly ports: WirePorts,
  ) {}

  async open(hello: Hello): Promise<void> {
    const socket = await this.factory(this.url, SUBPROTOCOL);
    if (this.isClosed) {
      quietly(socket, 1000, '');
      return;
    }
    this.socket = socket;
    socket.onopen = () => {
      this.ports.opened();
      this.send([hello.connect()]);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') this.ports.frames(data.split('\n'));
      else this.ports.bad('a frame that is not text');
    };
    socket.onclose = ({ code, reason }) => this.ports.ended({ code, reason });
    // A `close` always follows; the error itself says nothing in a browser.
    socket.onerror = () => undefined;
  }

  /** Frames are joined, a line each, into as few WebSocket frames as the server's limit allows. */
  send(frames: readonly ClientFrame[]): void {
    let text = '';
    for (const frame of frames) {
      const line = JSON.stringify(frame);
      if (text !== '' && text.length + line.length >= LONGEST_FRAME_CHARS) {
        this.write(text);
        text = '';
      }
      text = text === '' ? line : `${text}\n${line}`;
    }
    if (text !== '') this.write(text);
  }

  /** A socket sends in order, and closes after that. */
  async flush(): Promise<void> {}

  hold(): void {}

  close(code: number, reason: string): void {
    this.isClosed = true;
    // Only 1000 and 3000–4999 may be said; the rest describe what happened to a socket already closed.
    const mayBeSaid = code === 1000 || (code >= 3000 && code <= 4999);
    if (this.socket !== undefined) quietly(this.socket, mayBeSaid ? code : 1000, mayBeSaid ? reason : '');
  }

  private write(text: string): void {
    try {
      if (!this.isClosed) this.socket?.send(text);
    } catch (error) {
      this.ports.failed('the socket refused to send', error);
    }
  }
}

/** Closes a socket nobody listens to any more. `onerror` stays set: `ws` throws an error nobody takes. */
function quietly(socket: Socket, code: number, reason: string): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.onerror = () => undefined;
  try {
    // The protocol allows 123 bytes of reason.
    socket.close(code, reason.slice(0, 40));
  } catch {
    // It is gone one way or the other.
  }
}
