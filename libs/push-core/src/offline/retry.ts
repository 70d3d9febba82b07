import type { Random } from '../ids/ids.js';

const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
const WINDOW_MS = 60_000;
/** Retries of first attempts, over the last minute. */
const SHARE = 0.1;
/** … and so many in any case. */
const LEAST = 20;

/** How long to wait before attempt number `attempts + 1`: full jitter after the cap, and never sooner than was asked for. */
export function retryDelay(attempts: number, random: Random, retryAfterMs = 0): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts, 20));
  // What was asked for is spread too, upwards: else all come back in the same moment.
  return Math.ceil(
    retryAfterMs > 0 ? retryAfterMs + random() * Math.min(most, retryAfterMs) : Math.max(50, random() * most),
  );
}

/** What is tried again may be a tenth of what is sent anew: a provider in trouble is not drowned by our persistence. */
export class RetryBudget {
  private since = 0;
  private first = 0;
  private again = 0;

  sent(elapsed: number): void {
    this.turn(elapsed);
    this.first++;
  }

  /** False: not now. */
  mayRetry(elapsed: number): boolean {
    this.turn(elapsed);
    if (this.again >= LEAST + this.first * SHARE) return false;
    this.again++;
    return true;
  }

  private turn(elapsed: number): void {
    if (elapsed - this.since < WINDOW_MS) return;
    this.since = elapsed;
    this.first = this.again = 0;
  }
}
