import type { Random } from '../ids/ids.js';

const WINDOW_MS = 10_000;
const LEAST_SENDS = 20;
const FAILURES = 0.5;
const FIRST_PAUSE_MS = 5_000;
const CONFIG_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 600_000;

/**
 * Keeps one credential of one provider from being asked in vain.
 *
 *   closed   everything is sent      → open on a word that the set-up is wrong, or when half of the last sends failed
 *   open     nothing is sent         → probing when its pause is over; each pause in a row is twice as long, with jitter
 *   probing  one send finds out      → closed when it is answered as it should be, else open
 */
export class Breaker {
  private current: 'closed' | 'open' | 'probing' = 'closed';
  private until = 0;
  private pauseMs = 0;
  private since = 0;
  private sends = 0;
  private failures = 0;
  private why?: string;
  private workedAt = -Infinity;

  constructor(
    private readonly random: Random,
    private readonly changed: (state: 'closed' | 'open', reason: string | undefined) => void = () => undefined,
  ) {}

  get state(): 'closed' | 'open' | 'probing' {
    return this.current;
  }

  get reason(): string | undefined {
    return this.why;
  }

  /** 0: may be sent now. Else how long it is closed to sends; whoever gets 0 while it is open is the probe. */
  waitMs(elapsed: number): number {
    if (this.current === 'closed') return 0;
    if (elapsed < this.until) return this.until - elapsed;
    if (this.current === 'probing') {
      // The probe has not come back: the next one is it.
      this.until = elapsed + FIRST_PAUSE_MS;
      return 0;
    }
    this.current = 'probing';
    this.until = elapsed + FIRST_PAUSE_MS;
    return 0;
  }

  worked(elapsed: number): void {
    this.workedAt = elapsed;
    if (this.current !== 'closed') {
      this.current = 'closed';
      this.pauseMs = 0;
      this.why = undefined;
      this.changed('closed', undefined);
    }
    this.count(elapsed, false);
  }

  failed(elapsed: number, reason: string): void {
    this.count(elapsed, true);
    const isBad = this.sends >= LEAST_SENDS && this.failures >= this.sends * FAILURES;
    if (this.current === 'probing' || (this.current === 'closed' && isBad)) this.open(elapsed, reason, FIRST_PAUSE_MS);
  }

  /** Its credentials or set-up are refused. One stray refusal among sends that work is about that token, and only counts as a failure. */
  refused(elapsed: number, reason: string): void {
    if (this.current === 'closed' && elapsed - this.workedAt < WINDOW_MS) return this.failed(elapsed, reason);
    if (this.current !== 'open') this.open(elapsed, reason, CONFIG_PAUSE_MS);
  }

  private open(elapsed: number, reason: string, leastMs: number): void {
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(leastMs, this.pauseMs * 2));
    this.until = elapsed + this.pauseMs * (0.5 + this.random() / 2);
    this.current = 'open';
    this.sends = this.failures = 0;
    this.why = reason;
    this.changed('open', reason);
  }

  private count(elapsed: number, failed: boolean): void {
    if (elapsed - this.since > WINDOW_MS) {
      this.since = elapsed;
      this.sends = this.failures = 0;
    }
    this.sends++;
    if (failed) this.failures++;
  }
}
