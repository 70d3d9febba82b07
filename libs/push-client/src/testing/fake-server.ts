import type { ClientFrame, ConnectedFrame, ServerFrame, StreamInfo } from 'push-core/wire';
import type { Socket, SocketFactory } from '../socket.js';

/** The server's side of one socket: what the client wrote, and the means to answer. */
export class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;
  /** WebSocket frames as written. */
  readonly written: string[] = [];
  closed: { code?: number; reason?: string } | undefined;
  refusesToSend = false;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(text: string): void {
    if (this.refusesToSend) throw new Error('not open');
    if (this.closed === undefined) this.written.push(text);
  }

  close(code?: number, reason?: string): void {
    this.closed ??= { code, reason };
  }

  // ---- for the test

  get frames(): ClientFrame[] {
    return this.written.flatMap((text) => text.split('\n').map((line) => JSON.parse(line) as ClientFrame));
  }

  of<O extends ClientFrame['op']>(op: O): Extract<ClientFrame, { op: O }>[] {
    return this.frames.filter((frame): frame is Extract<ClientFrame, { op: O }> => frame.op === op);
  }

  /** `stream:seq` of every acknowledgement, in order. */
  get acks(): string[] {
    return this.of('ack').map(({ s, seq }) => `${s}:${seq}`);
  }

  open(): void {
    (this.onopen as ((event: unknown) => void) | null)?.({});
  }

  /** All frames in one WebSocket frame. */
  say(...frames: (ServerFrame | Record<string, unknown>)[]): void {
    this.raw(frames.map((frame) => JSON.stringify(frame)).join('\n'));
  }

  raw(data: unknown): void {
    this.onmessage?.({ data });
  }

  drop(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason });
  }

  connected(streams: Record<string, StreamInfo> = { '@me': info() }, more: Partial<ConnectedFrame> = {}): void {
    this.say({ op: 'connected', connection: 'c1', node: 'n1', heartbeatMs: 25_000, streams, ...more });
  }
}

export class FakeServer {
  readonly sockets: FakeSocket[] = [];

  readonly factory: SocketFactory = (url, protocol) => {
    const socket = new FakeSocket(url, protocol);
    this.sockets.push(socket);
    return socket;
  };

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }
}

export function info(more: Partial<StreamInfo> = {}): StreamInfo {
  return { epoch: 'e1', head: 0, from: 0, recovery: 'complete', ...more };
}

export function push(seq: number, s = '@me'): ServerFrame {
  return { op: 'push', s, seq, id: `m${seq}`, type: 'test', at: 1_790_000_000_000 + seq };
}

export function pushes(from: number, to: number, s = '@me'): ServerFrame[] {
  return Array.from({ length: to - from + 1 }, (_, index) => push(from + index, s));
}
