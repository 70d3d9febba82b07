import type { Socket } from 'node:net';
import type { Pending } from '../pending.js';
import { CODE, FLAG, FRAME, FRAME_BYTES, SETTING } from './codes.js';
import { FrameReader } from './frame-reader.js';
import { decodeHeaders } from './header-decoder.js';
import { Outgoing, OUR_WINDOW } from './outgoing.js';
import { Stream } from './stream.js';

const LARGEST_BLOCK = 65_536;
const LAST_STREAM = 0x7fff_ff00;

export interface SessionEvents {
  /** SETTINGS are here, or a stream has ended: there may be room. */
  freed(): void;
  heard(): void;
  pong(): void;
  /** GOAWAY, or something that this connection cannot go on after. */
  leaving(): void;
  refused(pending: Pending, reason: string): void;
  closed(): void;
}

/**
 * The client's side of one HTTP/2 connection, as far as requests with small bodies need it: no push, no priorities, no trailers, and no
 * table for the headers of answers. A request costs a fraction of what a general implementation takes for a stream; that is
 * what most of the sending of notifications consists of.
 */
export class Session {
  readonly streams = new Map<number, Stream>();
  /** What SETTINGS allow; undefined until they are here. */
  maxStreams?: number;
  closed = false;
  private closing = false;
  private nextId = 1;
  private readonly out: Outgoing;
  private readonly reader: FrameReader;
  private received = 0;
  /** A header block that goes on in the next frame. */
  private open?: { readonly stream: number; readonly flags: number; readonly parts: Buffer[]; bytes: number };
  private freed = false;

  constructor(
    origin: string,
    private readonly socket: Socket,
    private readonly events: SessionEvents,
  ) {
    this.out = new Outgoing(origin, socket);
    this.reader = new FrameReader(FRAME_BYTES, (type, flags, stream, content) =>
      this.take(type, flags, stream, content),
    );
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('close', () => this.end());
  }

  /** `full`: no stream can be opened any more. */
  request(pending: Pending, elapsed: number): Stream | 'full' {
    const { body } = pending.request;
    if (this.closed || this.socket.destroyed || this.nextId > LAST_STREAM) return 'full';
    const stream = new Stream(this.nextId, pending, elapsed, this.out.streamWindow);
    this.nextId += 2;
    this.streams.set(stream.id, stream);
    this.out.headers(pending, stream.id, body === undefined ? FLAG.endHeaders | FLAG.endStream : FLAG.endHeaders);
    if (body === undefined) return stream;
    stream.unsent = typeof body === 'string' ? Buffer.from(body) : body;
    this.out.body(stream);
    return stream;
  }

  /** No answer is waited for any more. */
  cancel(stream: Stream): void {
    if (!this.streams.has(stream.id)) return;
    this.out.reset(stream.id);
    this.drop(stream);
    this.tell();
  }

  ping(): void {
    this.out.ping(0, EIGHT_BYTES);
  }

  /** Says goodbye; nothing may be under way. Idempotent. */
  close(): void {
    if (this.closing) return;
    this.closing = true;
    this.out.goAway();
    queueMicrotask(() => this.socket.destroySoon());
  }

  destroy(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.events.heard();
    if (!this.reader.take(chunk)) this.fail();
    this.tell();
  }

  private take(type: number, flags: number, id: number, content: Buffer): void {
    if (this.closed || this.socket.destroyed) return;
    if (this.open && (type !== FRAME.continuation || id !== this.open.stream)) return this.fail();
    switch (type) {
      case FRAME.data:
        return this.takeData(flags, id, content);
      case FRAME.headers:
        return this.takeHeaders(flags, id, content);
      case FRAME.continuation:
        return this.takeContinuation(flags, content);
      case FRAME.resetStream:
        return this.takeReset(id, content);
      case FRAME.settings:
        return this.takeSettings(flags, content);
      case FRAME.ping:
        return this.takePing(flags, content);
      case FRAME.goAway:
        return this.takeGoAway(content);
      case FRAME.windowUpdate:
        return this.takeWindow(id, content);
      case FRAME.pushPromise:
        return this.fail();
      default:
        return;
    }
  }

  private takeData(flags: number, id: number, content: Buffer): void {
    this.received += content.length;
    if (this.received >= OUR_WINDOW / 4) {
      this.out.windowUpdate(0, this.received);
      this.received = 0;
    }
    const stream = this.streams.get(id);
    if (!stream) return;
    const data = unpadded(flags, content);
    if (!data || stream.status === 0) return this.fail();
    if (data.length > 0 && !stream.add(data)) {
      // Whoever sends more than was asked for is not spoken to again.
      this.events.leaving();
      stream.settle(true);
      return this.cancel(stream);
    }
    if ((flags & FLAG.endStream) !== 0) return this.finish(stream);
    stream.received += content.length;
    if (stream.received < OUR_WINDOW / 2) return;
    this.out.windowUpdate(id, stream.received);
    stream.received = 0;
  }

  private takeHeaders(flags: number, id: number, content: Buffer): void {
    let block = unpadded(flags, content);
    if (block && (flags & FLAG.priority) !== 0) block = block.length < 5 ? undefined : block.subarray(5);
    if (!block) return this.fail();
    if ((flags & FLAG.endHeaders) !== 0) return this.answered(flags, id, block);
    this.open = { stream: id, flags, parts: [block], bytes: block.length };
  }

  private takeContinuation(flags: number, content: Buffer): void {
    const { open } = this;
    if (!open) return this.fail();
    open.parts.push(content);
    open.bytes += content.length;
    if (open.bytes > LARGEST_BLOCK || open.parts.length > 64) return this.fail();
    if ((flags & FLAG.endHeaders) === 0) return;
    this.open = undefined;
    this.answered(open.flags, open.stream, Buffer.concat(open.parts));
  }

  private answered(flags: number, id: number, block: Buffer): void {
    const read = decodeHeaders(block);
    if (!read) return this.fail();
    const stream = this.streams.get(id);
    if (!stream) return;
    // Not an answer yet (1xx), or what comes after one.
    if (stream.status === 0 && read.status >= 200) {
      stream.status = read.status;
      stream.headers = read.headers;
    }
    if ((flags & FLAG.endStream) === 0) return;
    if (stream.status === 0) return this.fail();
    this.finish(stream);
  }

  private finish(stream: Stream): void {
    stream.settle(stream.body?.truncated ?? false);
    this.drop(stream);
  }

  private takeReset(id: number, content: Buffer): void {
    if (content.length !== 4) return this.fail();
    const stream = this.streams.get(id);
    if (!stream) return;
    this.drop(stream);
    if (stream.status > 0) return stream.settle(true);
    if (content.readUInt32BE(0) === CODE.refusedStream) return this.events.refused(stream.pending, 'refused_stream');
    stream.pending.settle({ kind: 'unknown', reason: 'stream_reset' });
  }

  private takeSettings(flags: number, content: Buffer): void {
    if ((flags & FLAG.ack) !== 0) return;
    if (content.length % 6 !== 0) return this.fail();
    for (let at = 0; at < content.length; at += 6) this.set(content.readUInt16BE(at), content.readUInt32BE(at + 2));
    this.out.acknowledgeSettings();
    this.maxStreams ??= Infinity;
    this.freed = true;
  }

  private set(name: number, value: number): void {
    if (name === SETTING.maxStreams) this.maxStreams = value;
    else this.out.set(name, value, this.streams.values());
  }

  private takePing(flags: number, content: Buffer): void {
    if (content.length !== 8) return this.fail();
    if ((flags & FLAG.ack) !== 0) return this.events.pong();
    this.out.ping(FLAG.ack, content);
  }

  private takeGoAway(content: Buffer): void {
    if (content.length < 8) return this.fail();
    const last = content.readUInt32BE(0) & 0x7fffffff;
    this.events.leaving();
    for (const stream of [...this.streams.values()]) {
      if (stream.id <= last) continue;
      this.drop(stream);
      this.events.refused(stream.pending, 'goaway');
    }
    this.freed = true;
  }

  private takeWindow(id: number, content: Buffer): void {
    if (content.length !== 4) return this.fail();
    this.out.widen(id === 0 ? undefined : this.streams.get(id), content.readUInt32BE(0) & 0x7fffffff, id);
  }

  private drop(stream: Stream): void {
    this.streams.delete(stream.id);
    this.out.forget(stream);
    stream.pending.expire = undefined;
    this.freed = true;
  }

  /** Once for all that one chunk brought. */
  private tell(): void {
    if (!this.freed) return;
    this.freed = false;
    this.events.freed();
  }

  /** It does not speak as it should: nothing more can be made of it. */
  private fail(): void {
    this.events.leaving();
    this.socket.destroy();
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    for (const stream of [...this.streams.values()]) {
      this.drop(stream);
      if (stream.status > 0) stream.settle(true);
      else stream.pending.settle({ kind: 'unknown', reason: 'connection_lost' });
    }
    this.events.closed();
  }
}

const EIGHT_BYTES = Buffer.from('nestpush');

function unpadded(flags: number, content: Buffer): Buffer | undefined {
  if ((flags & FLAG.padded) === 0) return content;
  const end = content.length - (content[0] ?? 0);
  return end < 1 ? undefined : content.subarray(1, end);
}
