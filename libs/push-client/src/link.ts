import type { ClientFrame, ConnectFrame, ServerFrame } from 'push-core/wire';
import type { Clock, Timer } from './clock.js';
import type { LinkEnd } from './close-plan.js';
import { decodeLine } from './decode.js';
import { PushClientError, isPushClientError } from './errors.js';
import { Liveness } from './liveness.js';
import type { Socket, SocketFactory } from './socket.js';

const SUBPROTOCOL = 'push.v1.json';
/** From opening the socket to the server's `connected`. */
const CONNECT_WAIT_MS = 15_000;
/** Half of what a server takes in one frame (32 KiB), in characters of which few are longer than a byte. */
const LONGEST_FRAME_CHARS = 16 * 1024;
/** Our own close code for a link that does not work (4000–4499: comes back). */
export const BROKEN = 4000;

export interface LinkPorts {
  clock: Clock;
  socket: SocketFactory;
  frame(link: Link, frame: ServerFrame): void;
  /** Everything that came in one WebSocket frame was told. */
  settled(): void;
  report(error: PushClientError): void;
  /** Told once. With a `fatal` error there is no point in another attempt. */
  ended(link: Link, end: LinkEnd, fatal?: PushClientError): void;
}

/**
 * One connection, used once.
 *
 * - *opening*: the socket is being made; when it opens, `connect` is sent.
 * - *greeting*: waits for `connected`, at most 15 s since the beginning.
 * - *up*: `connected` came; liveness watches.
 * - *over*: told once through `ended`; whatever the socket says later is not heard.
 */
export class Link {
  private socket: Socket | undefined;
  private isOver = false;
  private greeting: Timer;
  private readonly liveness: Liveness;

  constructor(private readonly ports: LinkPorts) {
    this.liveness = new Liveness({
      clock: ports.clock,
      ping: () => this.send([{ op: 'ping' }]),
      dead: () => this.end(BROKEN, 'no heartbeat'),
    });
  }

  async open(url: string, hello: ConnectFrame): Promise<void> {
    this.greeting = this.ports.clock.setTimeout(() => this.end(BROKEN, 'no answer to connect'), CONNECT_WAIT_MS);
    try {
      const socket = await this.ports.socket(url, SUBPROTOCOL);
      if (this.isOver) quietly(socket, 1000, '');
      else this.listen(socket, hello);
    } catch (error) {
      if (isPushClientError(error)) this.over({ code: 1006, reason: error.message }, error);
      else this.fail('the socket could not be made', error);
    }
  }

  /** Frames are joined, a line each, into as few WebSocket frames as the server's limit allows. */
  send(frames: ClientFrame[]): void {
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

  /** Ends the link from this side. */
  end(code: number, reason: string): void {
    this.over({ code, reason });
  }

  private listen(socket: Socket, hello: ConnectFrame): void {
    this.socket = socket;
    socket.onopen = () => this.send([hello]);
    socket.onmessage = ({ data }) => this.receive(data);
    socket.onclose = ({ code, reason }) => this.over({ code, reason });
    // A `close` always follows; the error itself says nothing in a browser.
    socket.onerror = () => undefined;
  }

  private receive(data: unknown): void {
    this.liveness.heard();
    if (typeof data !== 'string') {
      this.report('a frame that is not text');
      return;
    }
    for (let start = 0; start < data.length && !this.isOver;) {
      const newline = data.indexOf('\n', start);
      const end = newline < 0 ? data.length : newline;
      if (end > start) this.receiveLine(data.slice(start, end));
      start = end + 1;
    }
    this.ports.settled();
  }

  private receiveLine(line: string): void {
    const decoded = decodeLine(line);
    if (decoded.kind === 'bad') this.report(decoded.problem);
    if (decoded.kind !== 'frame') return;
    const { frame } = decoded;
    if (frame.op === 'connected') {
      this.ports.clock.clearTimeout(this.greeting);
      this.liveness.start(frame.heartbeatMs);
    }
    this.ports.frame(this, frame);
    if (frame.op === 'bye') this.over({ code: frame.code, reason: frame.reason ?? '', bye: frame });
  }

  private write(text: string): void {
    if (this.isOver || this.socket === undefined) return;
    try {
      this.socket.send(text);
    } catch (error) {
      this.fail('the socket refused to send', error);
    }
  }

  private fail(message: string, cause: unknown): void {
    if (this.isOver) return;
    this.ports.report(new PushClientError('CLIENT_CONNECT_FAILED', message, cause));
    this.over({ code: 1006, reason: message });
  }

  private report(problem: string): void {
    this.ports.report(new PushClientError('CLIENT_BAD_FRAME', `the server sent ${problem}; ignored`));
  }

  private over(end: LinkEnd, fatal?: PushClientError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ports.clock.clearTimeout(this.greeting);
    this.liveness.stop();
    if (this.socket !== undefined) {
      // Only 1000 and 3000–4999 may be said; the rest describe what happened to a socket already closed.
      const mayBeSaid = end.code === 1000 || (end.code >= 3000 && end.code <= 4999);
      quietly(this.socket, mayBeSaid ? end.code : 1000, mayBeSaid ? end.reason : '');
    }
    this.ports.ended(this, end, fatal);
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
