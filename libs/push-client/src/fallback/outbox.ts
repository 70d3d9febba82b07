import type { AckFrame, ReadFrame } from 'push-core/wire';
import { backoffMs } from '../backoff.js';
import type { Clock, Timer } from '../clock.js';
import { withDeadline } from '../deadline.js';

const GATHER_MS = 500;
const POST_WAIT_MS = 5_000;
const RETRY = { baseMs: 1_000, capMs: 30_000 };

export interface OutboxPorts {
  clock: Clock;
  random: () => number;
  /** Rejects where the same may succeed later. */
  post(path: string, body: object): Promise<void>;
}

/**
 * What a client says beside a stream that only listens. Of one stream (and thread) only the newest word counts, so words
 * are gathered for 500 ms, and posted one after the other; what did not arrive is tried again after a jittered pause.
 */
export class Outbox {
  private readonly waiting = new Map<string, AckFrame | ReadFrame>();
  private timer: Timer;
  private posting: Promise<void> | undefined;
  private failures = 0;

  constructor(private readonly ports: OutboxPorts) {}

  add(frame: AckFrame | ReadFrame): void {
    this.waiting.set(JSON.stringify({ ...frame, seq: 0 }), frame);
    this.timer ??= this.ports.clock.setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Resolves when all that waits was tried once. */
  flush(): Promise<void> {
    this.ports.clock.clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.size === 0 && this.posting === undefined) return Promise.resolve();
    this.posting ??= this.post();
    return this.posting;
  }

  /** What waits is tried once more, and then no more. */
  async close(): Promise<void> {
    await this.flush();
    this.ports.clock.clearTimeout(this.timer);
  }

  private async post(): Promise<void> {
    const { clock, random } = this.ports;
    for (const [key, frame] of this.waiting) {
      this.waiting.delete(key);
      const { op, ...body } = frame;
      try {
        await withDeadline(clock, POST_WAIT_MS, op, this.ports.post(op, body));
        this.failures = 0;
      } catch {
        if (!this.waiting.has(key)) this.waiting.set(key, frame);
        const pause = backoffMs(RETRY, (this.failures += 1), random);
        clock.clearTimeout(this.timer);
        this.timer = clock.setTimeout(() => void this.flush(), pause);
        break;
      }
    }
    this.posting = undefined;
  }
}
