import type { ServerFrame } from '../../wire.js';
import type { Codec } from '../shared-frame.js';
import { webSocketCodec } from '../websocket/codec.js';
import { problemIn } from './problem.js';

/** Beyond what Socket.IO ever counts to, so that nobody else's acknowledgement has the same id. */
const FIRST_ID = 2 ** 40;
const PUSH = /^\{"op":"push","s":("(?:[^"\\]|\\.)*"),"seq":(\d+),/;

/** One object of the protocol, as an event. */
export interface EventLine {
  readonly event: string;
  /** Its JSON. */
  readonly payload: string;
  /** Of a `push`: what the client acknowledges. */
  readonly push?: { readonly s: string; readonly seq: number; readonly id: number };
  /** Of everything else. */
  readonly frame?: Exclude<ServerFrame, { op: 'push' }>;
}

/** A frame of the protocol as Socket.IO packets; their bytes are made when the first socket takes them. */
export class EventFrame {
  private encoded?: readonly Buffer[];
  private joined?: Buffer;

  constructor(
    readonly lines: readonly EventLine[],
    private readonly codec: SocketIoCodec,
  ) {}

  /** A WebSocket frame a line. */
  get buffers(): readonly Buffer[] {
    return (this.encoded ??= this.lines.map((line) => webSocketCodec.encode(`4${this.codec.packet(line)}`)));
  }

  /** All of them. */
  get bytes(): Buffer {
    if (this.joined) return this.joined;
    const { buffers } = this;
    return (this.joined = buffers.length === 1 ? (buffers[0] as Buffer) : Buffer.concat(buffers));
  }
}

/**
 * Frames of the protocol as packets of one namespace. The id of an acknowledgement has to be unique on a socket only, so
 * an entry keeps the same one for all sockets: then the packet is the same bytes for all of them.
 */
export class SocketIoCodec implements Codec<EventFrame> {
  private readonly address: string;
  private nextId = FIRST_ID;

  /** `prefix` goes before every event's name but `push`. */
  constructor(
    namespace: string,
    private readonly prefix = '',
  ) {
    this.address = namespace === '/' ? '2' : `2${namespace},`;
  }

  encode(text: string): EventFrame {
    const lines = text.includes('\n') ? text.split('\n') : [text];
    return new EventFrame(
      lines.map((line) => this.line(line)),
      this,
    );
  }

  /** An event packet of Socket.IO's protocol 5. */
  packet({ event, payload, push }: EventLine): string {
    return `${this.address}${push ? push.id : ''}[${JSON.stringify(event)},${payload}]`;
  }

  private line(text: string): EventLine {
    const push = PUSH.exec(text);
    if (push) {
      const s = push[1] === '"@me"' ? '@me' : (JSON.parse(push[1] as string) as string);
      return { event: 'push', payload: text, push: { s, seq: Number(push[2]), id: this.nextId++ } };
    }
    const frame = JSON.parse(text) as NonNullable<EventLine['frame']>;
    if (frame.op !== 'error') return { event: this.prefix + frame.op, payload: text, frame };
    return { event: `${this.prefix}problem`, payload: JSON.stringify(problemIn(frame)), frame };
  }
}
