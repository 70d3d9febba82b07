/** Turns a frame's text into what a transport sends: its bytes, in most cases. */
export interface Codec<T = Buffer> {
  encode(text: string): T;
}

/**
 * One text frame of the protocol, a JSON object a line, made once and sent to any number of links: each transport's form
 * is made at the first use and kept with it.
 */
export class SharedFrame {
  private codec?: Codec<unknown>;
  private form?: unknown;
  private others?: Map<Codec<unknown>, unknown>;

  constructor(readonly text: string) {}

  encodedBy<T>(codec: Codec<T>): T {
    if (this.codec === codec) return this.form as T;
    if (this.codec === undefined) {
      this.codec = codec;
      return (this.form = codec.encode(this.text));
    }
    // A stream whose followers use several transports.
    this.others ??= new Map();
    if (!this.others.has(codec)) this.others.set(codec, codec.encode(this.text));
    return this.others.get(codec) as T;
  }
}
