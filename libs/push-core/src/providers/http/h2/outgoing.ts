import type { Socket } from 'node:net';
import type { Pending } from '../pending.js';
import { CODE, FLAG, FRAME, FRAME_BYTES, PREFACE, SETTING, WINDOW_BYTES } from './codes.js';
import { FrameWriter } from './frame-writer.js';
import { HeaderEncoder } from './header-encoder.js';
import type { Stream } from './stream.js';

/** What we take of a stream, and of the connection, before we have read it. */
export const OUR_WINDOW = 1 << 20;

// Of the static table.
const POST = 3;
const GET = 2;
const HTTPS = 7;
const HTTP = 6;

/** What a session says: frames, and request bodies as the other side's windows let them through. */
export class Outgoing {
  /** Of a new stream. */
  streamWindow = WINDOW_BYTES;
  private readonly out: FrameWriter;
  private readonly encoder = new HeaderEncoder();
  private readonly authority: string;
  private readonly scheme: number;
  private sendWindow = WINDOW_BYTES;
  private maxFrame = FRAME_BYTES;
  /** Streams whose request bodies wait for a window. */
  private readonly blocked = new Set<Stream>();

  constructor(origin: string, socket: Socket) {
    const { host, protocol } = new URL(origin);
    this.authority = host;
    this.scheme = protocol === 'https:' ? HTTPS : HTTP;
    this.out = new FrameWriter(socket);
    this.greet();
  }

  headers({ request, path }: Pending, id: number, flags: number): void {
    const { out, encoder } = this;
    const start = out.at;
    out.frame(FRAME.headers, flags, id, 0);
    encoder.begin(out);
    if (request.method === 'POST' || request.method === 'GET') {
      encoder.known(out, request.method === 'POST' ? POST : GET);
    } else {
      encoder.plain(out, ':method', request.method);
    }
    encoder.known(out, this.scheme);
    encoder.header(out, ':authority', this.authority);
    encoder.header(out, ':path', path);
    for (const name in request.headers) encoder.header(out, name, request.headers[name] as string);
    const length = out.at - start - 9;
    if (length > FRAME_BYTES) return this.splitHeaders(start, flags, id);
    out.reserve(0).writeUIntBE(length, start, 3);
  }

  /** A block that is too long for one frame goes on in others. */
  private splitHeaders(start: number, flags: number, id: number): void {
    const { out } = this;
    const block = Buffer.from(out.reserve(0).subarray(start + 9, out.at));
    out.at = start;
    for (let at = 0; at < block.length; at += FRAME_BYTES) {
      const part = block.subarray(at, at + FRAME_BYTES);
      const end = at + part.length === block.length ? FLAG.endHeaders : 0;
      const rest = at === 0 ? flags & ~FLAG.endHeaders : 0;
      out.frame(at === 0 ? FRAME.headers : FRAME.continuation, rest | end, id, part.length);
      out.bytes(part);
    }
  }

  /** As much of it as the windows let through; the rest follows when they are wider. */
  body(stream: Stream): void {
    for (let rest = stream.unsent; rest; rest = stream.unsent) {
      const length = Math.min(rest.length, this.maxFrame, this.sendWindow, stream.sendWindow);
      if (length <= 0 && rest.length > 0) return void this.blocked.add(stream);
      const last = length === rest.length;
      this.out.frame(FRAME.data, last ? FLAG.endStream : 0, stream.id, length);
      this.out.bytes(last ? rest : rest.subarray(0, length));
      this.sendWindow -= length;
      stream.sendWindow -= length;
      stream.unsent = last ? undefined : rest.subarray(length);
    }
    this.blocked.delete(stream);
  }

  /** The other side's SETTINGS, as far as they are about what we send. */
  set(name: number, value: number, streams: Iterable<Stream>): void {
    if (name === SETTING.headerTableSize) this.encoder.setLimit(value);
    if (name === SETTING.maxFrame && value >= FRAME_BYTES) this.maxFrame = value;
    if (name !== SETTING.initialWindow) return;
    const more = value - this.streamWindow;
    this.streamWindow = value;
    for (const stream of streams) stream.sendWindow += more;
    this.unblock();
  }

  /** A WINDOW_UPDATE: of the connection where `id` is 0, else of a stream, which may be over. */
  widen(stream: Stream | undefined, bytes: number, id: number): void {
    if (id === 0) {
      this.sendWindow += bytes;
      return this.unblock();
    }
    if (!stream) return;
    stream.sendWindow += bytes;
    if (this.blocked.has(stream)) this.body(stream);
  }

  /** Nothing more of it is sent. */
  forget(stream: Stream): void {
    this.blocked.delete(stream);
  }

  reset(id: number): void {
    this.out.frame(FRAME.resetStream, 0, id, 4);
    this.out.uint32(CODE.cancel);
  }

  ping(flags: number, content: Uint8Array): void {
    this.out.frame(FRAME.ping, flags, 0, 8);
    this.out.bytes(content);
  }

  goAway(): void {
    this.out.frame(FRAME.goAway, 0, 0, 8);
    this.out.uint32(0);
    this.out.uint32(CODE.noError);
  }

  acknowledgeSettings(): void {
    this.out.frame(FRAME.settings, FLAG.ack, 0, 0);
  }

  windowUpdate(stream: number, bytes: number): void {
    this.out.frame(FRAME.windowUpdate, 0, stream, 4);
    this.out.uint32(bytes);
  }

  private unblock(): void {
    for (const stream of [...this.blocked]) this.body(stream);
  }

  private greet(): void {
    this.out.bytes(PREFACE);
    const settings = [
      [SETTING.headerTableSize, 0],
      [SETTING.enablePush, 0],
      [SETTING.initialWindow, OUR_WINDOW],
    ] as const;
    this.out.frame(FRAME.settings, 0, 0, settings.length * 6);
    for (const [name, value] of settings) {
      this.out.bytes(Buffer.from([0, name]));
      this.out.uint32(value);
    }
    this.windowUpdate(0, OUR_WINDOW - WINDOW_BYTES);
  }
}
