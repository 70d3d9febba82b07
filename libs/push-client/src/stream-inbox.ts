import type { GapFrame, PushFrame, SkipFrame } from 'push-core/wire';
import type { StreamTracker, Verdict } from './stream-tracker.js';

export type StreamFrame = PushFrame | GapFrame | SkipFrame;

export interface InboxPorts {
  /** May messages be handed over now? False while nobody listens. */
  isOpen(): boolean;
  /** Hands one frame to the handlers; false means a handler failed. */
  deliver(frame: StreamFrame): boolean | Promise<boolean>;
  advanced(tracker: StreamTracker): void;
  /** A handler that took its time is done, and so is what could follow it at once. */
  settled(): void;
  failed(tracker: StreamTracker, frame: StreamFrame): void;
}

/**
 * Takes over one stream's frames in order and hands them out one after the other.
 *
 * - *flowing*: frames that come next are queued; the head is handed out as soon as the one before is done.
 * - *halted*: a handler failed. The queue is dropped and everything refused, so that nothing overtakes the failed
 *   message; `restart()` (a new connection) leaves it, and the message comes again.
 * - *stopped*: the stream was reset or left. A handler still running changes nothing any more.
 *
 * The queue survives a lost connection: what is in it was received, and the copies the server sends again are duplicates.
 */
export class StreamInbox {
  private readonly queue: StreamFrame[] = [];
  private mode: 'flowing' | 'halted' | 'stopped' = 'flowing';
  private busy = false;

  constructor(
    readonly tracker: StreamTracker,
    private readonly capacity: number,
    private readonly ports: InboxPorts,
  ) {}

  /** Half of what it may hold waits. */
  get isCrowded(): boolean {
    return this.queue.length * 2 >= this.capacity;
  }

  offer(frame: StreamFrame): Verdict {
    // A server that keeps to the window never fills the queue; what one too many brings is refused and comes again.
    if (this.mode !== 'flowing' || this.queue.length >= this.capacity) return 'hole';
    const [from, to] = frame.op === 'push' ? [frame.seq, frame.seq] : [frame.from, frame.to];
    const verdict = this.tracker.accept(from, to);
    if (verdict === 'next') {
      this.queue.push(frame);
      this.pump();
    }
    return verdict;
  }

  /** Hands out what waits. A handler that answers at once is followed by the next message in the same turn. */
  pump(): void {
    if (this.busy) return;
    this.busy = true;
    for (let frame = this.queue[0]; frame !== undefined; frame = this.queue[0]) {
      if (frame.op === 'push' && !this.ports.isOpen()) break;
      const outcome = this.ports.deliver(frame);
      if (typeof outcome !== 'boolean') {
        void this.resumeAfter(frame, outcome);
        return;
      }
      this.settle(frame, outcome);
    }
    this.busy = false;
  }

  /** Takes a message out that no handler has seen; a `skip` keeps its place. */
  recall(id: string): void {
    this.queue.forEach((frame, index) => {
      const isWithHandlers = index === 0 && this.busy;
      if (frame.op === 'push' && frame.id === id && !isWithHandlers) this.queue[index] = skipInstead(frame);
    });
    this.pump();
  }

  restart(): void {
    if (this.mode !== 'halted') return;
    this.mode = 'flowing';
    this.tracker.rewind();
  }

  stop(): void {
    this.mode = 'stopped';
    this.queue.length = 0;
  }

  private async resumeAfter(frame: StreamFrame, outcome: Promise<boolean>): Promise<void> {
    const ok = await outcome;
    this.settle(frame, ok);
    this.busy = false;
    this.pump();
    this.ports.settled();
  }

  private settle(frame: StreamFrame, ok: boolean): void {
    if (this.mode === 'stopped') return;
    if (!ok) {
      this.mode = 'halted';
      this.queue.length = 0;
      this.ports.failed(this.tracker, frame);
      return;
    }
    this.queue.shift();
    this.tracker.handledUpTo(frame.op === 'push' ? frame.seq : frame.to);
    this.ports.advanced(this.tracker);
  }
}

/** What is left of a message that was recalled. */
export function skipInstead({ s, seq }: PushFrame): SkipFrame {
  return { op: 'skip', s, from: seq, to: seq, reason: 'recalled' };
}
