/** Both ends of a client's bytes, over TCP or inside a WebSocket. */
export interface ByteSocket {
  /** The peer's address. */
  readonly address?: string;
  /** Tells what happens from now on; what came before is told at once. `closed` is told once, last. */
  listen(listener: ByteListener): void;
  /** Hands the pieces to the operating system in one write. They may be shared with other sockets. */
  write(pieces: readonly Buffer[]): void;
  /** Bytes not taken yet. When they fall to 0 again `drained` is told. */
  bufferedBytes(): number;
  /** Closes after what was written has left. */
  end(): void;
  /** Closes now. */
  destroy(): void;
}

export interface ByteListener {
  arrived(chunk: Buffer): void;
  drained(): void;
  closed(): void;
}
