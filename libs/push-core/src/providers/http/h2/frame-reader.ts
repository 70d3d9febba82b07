const HEADER_BYTES = 9;

export type OnFrame = (type: number, flags: number, stream: number, content: Buffer) => void;

/** Cuts what arrives into frames. What it hands out is good until the next call only. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly maxFrameBytes: number,
    private readonly onFrame: OnFrame,
  ) {}

  /** False: a frame is larger than we allow. */
  take(chunk: Buffer): boolean {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      if (length > this.maxFrameBytes) return false;
      const end = at + HEADER_BYTES + length;
      if (bytes.length < end) break;
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      this.onFrame(bytes[at + 3] as number, bytes[at + 4] as number, stream, bytes.subarray(at + HEADER_BYTES, end));
      at = end;
    }
    this.rest = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
    return true;
  }
}
