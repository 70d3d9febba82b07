import { decodeHuffman } from './huffman.js';
import { STATIC_TABLE } from './static-table.js';

export interface ReadHeaders {
  readonly status: number;
  /** Names in lower case; of a name that came twice the values with a comma between. */
  readonly headers: Record<string, string>;
}

const MOST_HEADERS = 256;

/**
 * Reads a header block (RFC 7541). We tell the other side to keep no dynamic table, so each block stands for itself: what refers to an
 * earlier one is an error. Undefined where it cannot be read; the connection is of no use then.
 */
export function decodeHeaders(block: Buffer): ReadHeaders | undefined {
  const reader = new Reader(block);
  const headers: Record<string, string> = {};
  let status = 0;
  for (let count = 0; reader.at < block.length; count++) {
    if (count === MOST_HEADERS) return undefined;
    const first = block[reader.at] as number;
    if (first >= 0x80) {
      const entry = STATIC_TABLE[reader.integer(7) - 1];
      if (!entry) return undefined;
      if (entry[0] === ':status') status = Number(entry[1]);
      else if (!entry[0].startsWith(':')) add(headers, entry[0], entry[1]);
      continue;
    }
    if ((first & 0xe0) === 0x20) {
      if (reader.integer(5) !== 0) return undefined;
      continue;
    }
    const place = reader.integer(first >= 0x40 ? 6 : 4);
    const name = place === 0 ? reader.text() : STATIC_TABLE[place - 1]?.[0];
    const value = reader.text();
    if (name === undefined || value === undefined) return undefined;
    if (name === ':status') status = Number(value);
    else if (!name.startsWith(':')) add(headers, name, value);
  }
  return reader.broken ? undefined : { status, headers };
}

function add(headers: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') return;
  const before = headers[name];
  headers[name] = before === undefined ? value : `${before}, ${value}`;
}

class Reader {
  at = 0;
  broken = false;

  constructor(private readonly block: Buffer) {}

  /** An integer whose first bits share a byte with something else. */
  integer(bits: number): number {
    const most = (1 << bits) - 1;
    let value = this.byte() & most;
    if (value < most) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.broken = true;
    return 0;
  }

  text(): string | undefined {
    const compressed = ((this.block[this.at] ?? 0) & 0x80) !== 0;
    const length = this.integer(7);
    const from = this.at;
    this.at += length;
    if (this.broken || this.at > this.block.length) {
      this.broken = true;
      return undefined;
    }
    return compressed ? decodeHuffman(this.block, from, this.at) : this.block.toString('latin1', from, this.at);
  }

  private byte(): number {
    const byte = this.block[this.at++];
    if (byte === undefined) this.broken = true;
    return byte ?? 0;
  }
}
