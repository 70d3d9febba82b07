/**
 * Bytes handed to a socket, one batch a write, until its callback says that they were taken. Counts our own only: others
 * may write to the same socket.
 */
export class UntakenBytes {
  private readonly batches: number[] = [];
  private total = 0;
  private wanted = false;

  /** `drained` is called when everything was taken after somebody had asked and was told that it was not. */
  constructor(private readonly drained: () => void) {}

  /** Of what was written, `held` is what the socket still says to hold. */
  count(held = Infinity): number {
    const bytes = Math.min(this.total, held);
    if (this.total > 0) this.wanted = true;
    return bytes;
  }

  /** Call before the write: the callback may come at once. */
  handed(bytes: number): void {
    this.batches.push(bytes);
    this.total += bytes;
  }

  /** The callback of every write, in order. */
  readonly taken = (): void => {
    this.total -= this.batches.shift() ?? 0;
    if (this.batches.length === 0) this.total = 0;
    if (this.total === 0) this.announce();
  };

  /** Callbacks will not come any more, where a transport is exchanged for another. */
  reset(): void {
    this.batches.length = 0;
    this.total = 0;
    this.announce();
  }

  private announce(): void {
    if (!this.wanted) return;
    this.wanted = false;
    this.drained();
  }
}
