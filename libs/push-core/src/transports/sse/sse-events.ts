import { positionField } from '../cursor/cursor.js';
import { frameLines, type FrameLine } from '../http/frame-line.js';
import type { Codec } from '../shared-frame.js';
import type { StreamName } from '../../wire.js';

/** Links that differ in what else moved on them, whose bytes are kept beside each other. */
const KEPT = 8;

/** `error` is what an EventSource calls its own trouble. */
const nameOf = (op: string): string => (op === 'error' ? 'problem' : op);

/** One event (HTML living standard, section 9.2). `id` becomes the client's `Last-Event-ID`. */
export const eventText = ({ op, text }: FrameLine, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${nameOf(op)}\ndata: ${text}\n\n`;

/** A frame as events. Links with the same cursor so far get the same bytes. */
export class SseEvents {
  readonly lines: readonly FrameLine[];
  /** The one stream that every line of it moves; undefined: the lines have to be looked at one by one. */
  readonly stream?: StreamName;
  /** Where the stream is after the last line. */
  readonly to: number = 0;
  private prefix?: string;
  private bytes?: Buffer;
  private others?: Map<string, Buffer>;

  constructor(text: string) {
    this.lines = frameLines(text);
    const last = this.lines.at(-1)?.moves;
    if (!last || !this.lines.every(({ moves }) => moves?.stream === last.stream)) return;
    this.stream = last.stream;
    this.to = last.to;
  }

  /** Nothing in it depends on the link. */
  get plain(): boolean {
    return this.lines.every(({ op }) => op === 'signal' || op === 'recall' || op === 'read' || op === 'error');
  }

  /** The bytes for links whose cursor begins with this prefix. */
  behind(prefix: string): Buffer {
    if (this.prefix === prefix) return this.bytes as Buffer;
    if (this.prefix === undefined) {
      this.prefix = prefix;
      return (this.bytes = this.encode(prefix));
    }
    const known = this.others?.get(prefix);
    if (known) return known;
    const bytes = this.encode(prefix);
    this.others ??= new Map();
    if (this.others.size < KEPT) this.others.set(prefix, bytes);
    return bytes;
  }

  private encode(prefix: string): Buffer {
    let text = '';
    for (const line of this.lines) {
      const { moves } = line;
      text += eventText(line, moves && prefix + positionField(moves.stream, moves.to));
    }
    return Buffer.from(text);
  }
}

export const sseCodec: Codec<SseEvents> = { encode: (text) => new SseEvents(text) };
