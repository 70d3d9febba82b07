/** Turns a frame's text into the bytes of a transport. */
export interface Codec {
  encode(text: string): Buffer;
}

/**
 * One text frame of the protocol, made once and sent to any number of links: each transport's bytes are made at the
 * first use and kept with it.
 */
export class SharedFrame {
  private codec?: Codec;
  private bytes?: Buffer;

  constructor(readonly text: string) {}

  encodedBy(codec: Codec): Buffer {
    if (this.codec !== codec || !this.bytes) {
      this.bytes = codec.encode(this.text);
      this.codec = codec;
    }
    return this.bytes;
  }
}
