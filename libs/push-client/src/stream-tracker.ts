import type { Position, StreamName } from 'push-core/wire';

/** `next` is to be shown, `duplicate` was taken before, `hole` came too early: something before it is missing. */
export type Verdict = 'next' | 'duplicate' | 'hole';

/**
 * Where one device is in one epoch of one stream. Five numbers, each the highest `seq` of its kind:
 *
 * - `received`  taken over for the handlers, with all before it. Decides what is a duplicate.
 * - `handled`   the handlers returned, with all before it. This is the cursor.
 * - `saved`     the cursor that is in the cursor storage.
 * - `seen`      sent by the server on the present connection. An acknowledgement beyond it breaks the protocol.
 * - `acked`     acknowledged on the present connection.
 *
 * acked ≤ saved ≤ handled ≤ received always; `seen` is on its own, because after a reconnect the server sends entries
 * again that this side is still busy with.
 */
export class StreamTracker {
  private received: number;
  private handledSeq: number;
  private saving: number | undefined;
  private saved = -1;
  private seen = -1;
  private acked = -1;

  constructor(
    readonly stream: StreamName,
    public epoch: string,
    base: number,
  ) {
    this.received = base;
    this.handledSeq = base;
  }

  /** The epoch this stream has been in all the time. */
  learn(epoch: string): void {
    this.epoch = epoch;
    this.saving = undefined;
  }

  get position(): Position {
    return { epoch: this.epoch, seq: this.handledSeq };
  }

  get receivedSeq(): number {
    return this.received;
  }

  get hasHole(): boolean {
    return this.seen > this.received;
  }

  /** Handled, but the server was not told yet. */
  get unacknowledged(): number {
    return this.seen < 0 ? 0 : Math.max(0, this.handledSeq - this.acked);
  }

  /**
   * The server continues after `from` on a new connection. `earlierToo`: it can be told now of what earlier connections
   * brought, because it was not told where this side is when the connection began.
   */
  attach(from: number, earlierToo = false): void {
    this.seen = earlierToo ? Math.max(from, this.saved) : from;
    this.acked = Math.min(from, this.handledSeq);
  }

  /** The connection is gone: nothing can be acknowledged until the next one. */
  detach(): void {
    this.seen = -1;
  }

  accept(from: number, to: number): Verdict {
    this.seen = Math.max(this.seen, to);
    if (to <= this.received) {
      // Sent again although acknowledged: the server does not know, so tell it once more.
      this.acked = Math.min(this.acked, from - 1);
      return 'duplicate';
    }
    if (from > this.received + 1) return 'hole';
    this.received = to;
    return 'next';
  }

  handledUpTo(seq: number): void {
    this.handledSeq = Math.max(this.handledSeq, seq);
  }

  /** Forget what was received but not handled: it will be sent again. */
  rewind(): void {
    this.received = this.handledSeq;
  }

  /** The server continues beyond what was received: there is nothing to wait for. */
  jump(seq: number): void {
    this.received = seq;
    this.handledSeq = seq;
  }

  /** The position to store now, if the last one taken is older. */
  takeSave(): Position | undefined {
    if (this.saving === this.handledSeq) return undefined;
    this.saving = this.handledSeq;
    return this.position;
  }

  stored({ seq }: Position): void {
    this.saved = Math.max(this.saved, seq);
  }

  /** The `seq` to acknowledge now: nothing that is not saved, nothing that this connection did not carry. */
  takeAck(): number | undefined {
    const upTo = Math.min(this.saved, this.seen);
    if (upTo <= this.acked) return undefined;
    this.acked = upTo;
    return upTo;
  }
}
