const MAX_HEADER = 5;

export type Framing = 'fine' | 'malformed' | 'too large';

/**
 * Cuts what arrives into packets. Only the fixed header is looked at, so that a packet's size is known, and refused,
 * before any of it is kept.
 */
export class Framer {
  /** The beginning of a packet; grows by doubling, so that a byte at a time costs no more than all at once. */
  private begun?: Buffer;
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  /** `take` gets each whole packet, good for the time of the call, and says whether it wants more. */
  feed(chunk: Buffer, take: (packet: Buffer) => boolean): Framing {
    let rest = chunk;
    while (this.begun && rest.length > 0) {
      const held = this.begun.subarray(0, this.length);
      const size = sizeOf(held, this.maxBytes);
      if (typeof size === 'string') return size;
      // Of the header a byte at a time: what follows may be another packet already.
      const wanted = size === undefined ? 1 : size - this.length;
      this.keep(rest.subarray(0, wanted));
      rest = rest.subarray(Math.min(wanted, rest.length));
      const now = sizeOf(this.begun.subarray(0, this.length), this.maxBytes);
      if (typeof now === 'string') return now;
      if (now !== this.length) continue;
      const packet = this.begun.subarray(0, this.length);
      this.begun = undefined;
      this.length = 0;
      if (!take(packet)) return 'fine';
    }
    let at = 0;
    while (at < rest.length) {
      const ahead = rest.subarray(at);
      const size = sizeOf(ahead, this.maxBytes);
      if (typeof size === 'string') return size;
      if (size === undefined || size > ahead.length) {
        this.keep(ahead);
        return 'fine';
      }
      if (!take(ahead.subarray(0, size))) return 'fine';
      at += size;
    }
    return 'fine';
  }

  private keep(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (!this.begun || this.begun.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(16, needed, (this.begun?.length ?? 0) * 2));
      this.begun?.copy(larger, 0, 0, this.length);
      this.begun = larger;
    }
    bytes.copy(this.begun, this.length);
    this.length = needed;
  }
}

/** The whole packet's size; undefined while the header is not complete. */
function sizeOf(bytes: Buffer, maxBytes: number): number | undefined | 'malformed' | 'too large' {
  let remaining = 0;
  for (let at = 1; at < MAX_HEADER; at++) {
    if (at >= bytes.length) return undefined;
    const digit = bytes[at] as number;
    remaining += (digit & 0x7f) * 128 ** (at - 1);
    if (digit < 0x80) return remaining + at + 1 > maxBytes ? 'too large' : at + 1 + remaining;
  }
  return 'malformed';
}
