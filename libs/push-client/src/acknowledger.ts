import type { AckFrame, Position, StreamName } from 'push-core/wire';
import type { Clock, Timer } from './clock.js';
import type { StreamTracker } from './stream-tracker.js';

export interface AcknowledgerPorts {
  clock: Clock;
  delayMs: number;
  /** Unacknowledged entries of one stream at which the delay is not waited for. */
  urgentAt: number;
  /** Resolves when the position is stored; never rejects (a store that fails is reported, and delivery goes on). */
  save(stream: StreamName, position: Position): Promise<void>;
  /** Sends what can be sent now; without a connection it does nothing. */
  send(acks: AckFrame[]): void;
}

/**
 * Joins acknowledgements: within `delayMs` one a stream, and all streams' in one WebSocket frame. A cursor is stored
 * first and acknowledged after, so that after a crash this side is never behind what the server believes.
 *
 * The crash window: what was handled but not stored yet (up to `delayMs` and the time of one save) comes again and is
 * shown again, because a new process does not know that the old one showed it.
 */
export class Acknowledger {
  private readonly dirty = new Set<StreamTracker>();
  private timer: Timer;
  private flushing: Promise<void> | undefined;
  private again = false;
  private stopped = true;

  constructor(private readonly ports: AcknowledgerPorts) {}

  start(): void {
    this.stopped = false;
    if (this.dirty.size > 0) this.arm();
  }

  /** Nothing is written any more; what is marked from now on waits for the next `start()`. */
  stop(): void {
    this.stopped = true;
    this.disarm();
  }

  mark(tracker: StreamTracker): void {
    this.dirty.add(tracker);
    this.arm();
  }

  /** What was marked of a stream that was reset or left is not wanted any more. */
  discard(tracker: StreamTracker): void {
    this.dirty.delete(tracker);
  }

  /** To be called after a burst, not inside: lets a burst end in one acknowledgement. */
  settle(): void {
    if (this.stopped) return;
    for (const tracker of this.dirty) {
      if (tracker.unacknowledged >= this.ports.urgentAt) {
        void this.flush();
        return;
      }
    }
  }

  /** Resolves when everything marked so far is stored and, where there is a connection, acknowledged. */
  flush(): Promise<void> {
    this.disarm();
    this.again = true;
    this.flushing ??= this.drain();
    return this.flushing;
  }

  /** Acknowledges at once what is stored already: for the moment before the link goes. */
  sendStored(): void {
    this.send([...this.dirty]);
  }

  private async drain(): Promise<void> {
    do {
      this.again = false;
      const batch = [...this.dirty];
      this.dirty.clear();
      await Promise.all(batch.map((tracker) => this.save(tracker)));
      this.send(batch);
    } while (this.again);
    this.flushing = undefined;
  }

  private async save(tracker: StreamTracker): Promise<void> {
    const position = tracker.takeSave();
    if (position === undefined) return;
    await this.ports.save(tracker.stream, position);
    tracker.stored(position);
  }

  private send(trackers: StreamTracker[]): void {
    const acks: AckFrame[] = [];
    for (const tracker of trackers) {
      const seq = tracker.takeAck();
      if (seq !== undefined) acks.push({ op: 'ack', s: tracker.stream, seq });
    }
    if (acks.length > 0) this.ports.send(acks);
  }

  private arm(): void {
    if (this.stopped || this.timer !== undefined) return;
    this.timer = this.ports.clock.setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, this.ports.delayMs);
  }

  private disarm(): void {
    this.ports.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
