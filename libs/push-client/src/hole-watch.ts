import type { StreamName } from 'push-core/wire';
import type { Clock, Timer } from './clock.js';
import type { StreamTracker } from './stream-tracker.js';

/** A server sends unacknowledged entries again after 10 s; a hole that outlives that is not going to close. */
export const HEAL_MS = 15_000;

/**
 * Watches streams in which an entry is missing before one that arrived. Each bit of progress renews the patience; none
 * for `HEAL_MS` means that this connection will not deliver the entry.
 */
export class HoleWatch {
  private readonly timers = new Map<StreamName, { timer: Timer; received: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly onStuck: (stream: StreamName) => void,
  ) {}

  check(tracker: StreamTracker): void {
    const watched = this.timers.get(tracker.stream);
    if (watched === undefined ? !tracker.hasHole : tracker.hasHole && watched.received === tracker.receivedSeq) return;
    this.forget(tracker.stream);
    if (!tracker.hasHole) return;
    const timer = this.clock.setTimeout(() => {
      this.timers.delete(tracker.stream);
      this.onStuck(tracker.stream);
    }, HEAL_MS);
    this.timers.set(tracker.stream, { timer, received: tracker.receivedSeq });
  }

  forget(stream: StreamName): void {
    this.clock.clearTimeout(this.timers.get(stream)?.timer);
    this.timers.delete(stream);
  }

  clear(): void {
    for (const stream of this.timers.keys()) this.forget(stream);
  }
}
