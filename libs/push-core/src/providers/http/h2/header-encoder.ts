import type { FrameWriter } from './frame-writer.js';
import { STATIC_NAMES } from './static-table.js';

interface Seen {
  value: string;
  /** Its number among all that were ever put into the table; 0: it is not there. */
  entry: number;
}

const STATIC_ENTRIES = 61;
const ENTRY_OVERHEAD = 32;
/** What the other side has room for where it says nothing. */
const TABLE_BYTES = 4096;

/**
 * Writes header blocks (RFC 7541). A value that was the same in the request before goes into the table that both sides keep, and is one
 * or two bytes from then on: the JWT, the topic. What differs each time (an id, a path) is written out and leaves the table alone.
 */
export class HeaderEncoder {
  private readonly seen = new Map<string, Seen>();
  /** In the table, oldest first. */
  private readonly entries: { readonly name: string; readonly bytes: number }[] = [];
  private tableBytes = 0;
  private count = 0;
  private limit = TABLE_BYTES;
  private announce = false;

  /** SETTINGS_HEADER_TABLE_SIZE of the other side. More than we use changes nothing. */
  setLimit(bytes: number): void {
    const limit = Math.min(bytes, TABLE_BYTES);
    if (limit === this.limit) return;
    this.limit = limit;
    this.announce = true;
    this.evict(0);
  }

  begin(out: FrameWriter): void {
    if (!this.announce) return;
    this.announce = false;
    this.integer(out, 0x20, 5, this.limit);
  }

  /** One of the static table, as a whole. */
  known(out: FrameWriter, index: number): void {
    this.integer(out, 0x80, 7, index);
  }

  /** Written out, and not remembered. */
  plain(out: FrameWriter, name: string, value: string): void {
    this.name(out, 0x00, 4, name);
    this.text(out, value);
  }

  header(out: FrameWriter, name: string, value: string): void {
    const seen = this.seen.get(name);
    if (!seen) {
      this.seen.set(name, { value, entry: 0 });
      return this.plain(out, name, value);
    }
    if (seen.value !== value) {
      seen.value = value;
      seen.entry = 0;
      return this.plain(out, name, value);
    }
    if (seen.entry > 0) return this.integer(out, 0x80, 7, STATIC_ENTRIES + 1 + this.count - seen.entry);
    const bytes = name.length + Buffer.byteLength(value) + ENTRY_OVERHEAD;
    if (bytes > this.limit) return this.plain(out, name, value);
    this.name(out, 0x40, 6, name);
    this.text(out, value);
    this.evict(bytes);
    this.entries.push({ name, bytes });
    this.tableBytes += bytes;
    seen.entry = ++this.count;
  }

  /** As the other side does before it takes another of this size. */
  private evict(bytes: number): void {
    while (this.tableBytes + bytes > this.limit && this.entries.length > 0) {
      const oldest = this.entries.shift() as (typeof this.entries)[number];
      this.tableBytes -= oldest.bytes;
      const number = this.count - this.entries.length;
      const seen = this.seen.get(oldest.name);
      if (seen?.entry === number) seen.entry = 0;
    }
  }

  private name(out: FrameWriter, pattern: number, bits: number, name: string): void {
    const index = STATIC_NAMES.get(name);
    if (index !== undefined) return this.integer(out, pattern, bits, index);
    this.integer(out, pattern, bits, 0);
    this.text(out, name);
  }

  /** Without Huffman's code: it saves a fifth of the bytes, and costs more time than all the rest. */
  private text(out: FrameWriter, text: string): void {
    const bytes = Buffer.byteLength(text);
    this.integer(out, 0x00, 7, bytes);
    const { at } = out;
    out.reserve(bytes).write(text, at, 'utf8');
    out.at = at + bytes;
  }

  private integer(out: FrameWriter, pattern: number, bits: number, value: number): void {
    const most = (1 << bits) - 1;
    const buffer = out.reserve(6);
    let { at } = out;
    if (value < most) {
      buffer[at++] = pattern | value;
    } else {
      buffer[at++] = pattern | most;
      let rest = value - most;
      for (; rest >= 0x80; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
      buffer[at++] = rest;
    }
    out.at = at;
  }
}
