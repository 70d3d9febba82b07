import type { Store } from '../store/store.js';
import type { Clock, Timer } from './clock.js';

/** What no clock shows: a store that answers it has no time of its own. The node's own time would be a store's answer now and then. */
const NO_TIME = 0;
/** An answer that took longer says little about the time it was given at. */
const QUICK_MS = 100;
/** Asked so often for a quick one before the first that came is taken. */
const FIRST_TRIES = 3;
/** So far it is never set back: it stands still until its time has come. */
const STANDSTILL_MS = 2000;

/**
 * The engine's clock. It dates by the store's time, so that all nodes agree whatever their own clocks say, and measures by
 * the process's own steady one. Between two comparisons it goes on steadily: a node's wall clock may jump as it likes.
 * With a store that has no time of its own it is the clock it was made from.
 */
export class StoreClock implements Clock {
  /** The store's time, and the steady clock's reading at that moment. */
  private base?: { readonly at: number; readonly elapsed: number };
  /** How long the answer that `base` stands on took. Grows with every one that was not taken: old ones lose their worth. */
  private askMs = Infinity;
  private last = -Infinity;

  constructor(
    private readonly own: Clock,
    private readonly store: Pick<Store, 'time'>,
  ) {}

  now(): number {
    if (!this.base) return this.own.now();
    const now = Math.floor(this.base.at + this.own.elapsed() - this.base.elapsed);
    if (now < this.last && this.last - now < STANDSTILL_MS) return this.last;
    return (this.last = now);
  }

  elapsed(): number {
    return this.own.elapsed();
  }

  after(delayMs: number, run: () => void): Timer {
    return this.own.after(delayMs, run);
  }

  soon(run: () => void): void {
    this.own.soon(run);
  }

  /** Compares with the store. Rejects when the store does not answer; the clock goes on as it did. */
  async compare(): Promise<void> {
    for (let tries = this.base ? 1 : FIRST_TRIES; tries > 0; tries--) if (await this.ask()) return;
  }

  /** False where the answer took too long to rely on. */
  private async ask(): Promise<boolean> {
    const before = this.own.elapsed();
    const answer = await this.store.time(NO_TIME);
    const after = this.own.elapsed();
    if (answer === NO_TIME) return true;
    const askMs = after - before;
    if (askMs > QUICK_MS && askMs > this.askMs) {
      this.askMs *= 2;
      return false;
    }
    this.askMs = askMs;
    this.base = { at: answer, elapsed: (before + after) / 2 };
    return askMs <= QUICK_MS;
  }
}
