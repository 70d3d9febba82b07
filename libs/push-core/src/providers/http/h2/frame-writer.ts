import type { Socket } from 'node:net';

const ROOM = 16_384;

/** What goes out, gathered until the end of the turn and then written at once: a system call costs more than many frames. */
export class FrameWriter {
  private buffer = Buffer.allocUnsafe(ROOM);
  private length = 0;
  private planned = false;

  constructor(private readonly socket: Socket) {}

  /** Where the next byte goes; there is room for `bytes` behind it. */
  reserve(bytes: number): Buffer {
    if (this.length + bytes > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    return this.buffer;
  }

  get at(): number {
    return this.length;
  }

  set at(length: number) {
    this.length = length;
    if (this.planned) return;
    this.planned = true;
    queueMicrotask(() => this.flush());
  }

  /** The frame's nine bytes before `length` bytes of content. */
  frame(type: number, flags: number, stream: number, length: number): void {
    const out = this.reserve(9 + length);
    const { at } = this;
    out.writeUIntBE(length, at, 3);
    out[at + 3] = type;
    out[at + 4] = flags;
    out.writeUInt32BE(stream, at + 5);
    this.at = at + 9;
  }

  uint32(value: number): void {
    this.reserve(4).writeUInt32BE(value, this.at);
    this.at += 4;
  }

  bytes(content: Uint8Array): void {
    this.reserve(content.length).set(content, this.at);
    this.at += content.length;
  }

  private flush(): void {
    this.planned = false;
    if (this.length === 0 || this.socket.destroyed) return;
    const full = this.buffer.subarray(0, this.length);
    // The socket may hold on to it: the next turn has a buffer of its own.
    this.buffer = Buffer.allocUnsafe(ROOM);
    this.length = 0;
    this.socket.write(full);
  }
}
