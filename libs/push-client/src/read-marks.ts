import type { ReadFrame } from 'push-core/wire';
import type { Clock } from './clock.js';

/** A dead link is noticed in less (heartbeat and the wait for a `pong`). */
const ARRIVED_MS = 60_000;
const MOST_MARKS = 256;

/**
 * Read marks that may not have arrived. The protocol has no answer to `read`, but a mark only ever moves forward: what was
 * said on a link that ended soon after is said again on the next one.
 */
export class ReadMarks {
  private marks: { frame: ReadFrame; at: number }[] = [];

  constructor(
    private readonly clock: Clock,
    /** Without a connection it does nothing. */
    private readonly send: (frames: ReadFrame[]) => void,
  ) {}

  add(frame: ReadFrame): void {
    const isOther = ({ frame: { s, thread, seq } }: { frame: ReadFrame }) =>
      s !== frame.s || thread !== frame.thread || seq > frame.seq;
    this.marks = [...this.marks.filter(isOther), { frame, at: this.clock.now() }].slice(-MOST_MARKS);
    this.send([frame]);
  }

  online(): void {
    for (const mark of this.marks) mark.at = this.clock.now();
    if (this.marks.length > 0) this.send(this.marks.map(({ frame }) => frame));
  }

  /** The link that carried them is gone. */
  offline(): void {
    this.marks = this.marks.filter(({ at }) => at >= this.clock.now() - ARRIVED_MS);
  }
}
