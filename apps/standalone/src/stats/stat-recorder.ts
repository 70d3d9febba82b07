import { randomBytes } from 'node:crypto';
import type { Clock, Meters, Timer } from 'push-core';
import { between, isNothing, NOTHING, readingOf, together, type Figures, type Reading } from './figures.js';
import { MINUTE_MS, type StatStore } from './stat-store.js';

const SAMPLE_MS = 10_000;
/** Minutes are put together into hours when they are so old. */
export const MINUTES_KEPT_MS = 2 * 3_600_000;
export const HOURS_KEPT_MS = 40 * 24 * 3_600_000;
const TIDY_EVERY = 30;
/** Minutes that wait for a database that is away. */
const MOST_WAITING = 120;

export interface StatRecorderParts {
  readonly store: StatStore;
  readonly meters: Meters;
  readonly clock: Clock;
  readonly complain: (what: string, error?: unknown) => void;
}

interface Minute {
  readonly at: number;
  figures: Figures;
}

/**
 * Looks at the engine's counters every ten seconds and writes down what happened, a row a minute. A crash loses the minute
 * that had begun, an ending none. While the database is away the minutes wait, two hours of them.
 */
export class StatRecorder {
  /** Of this start: two processes never write the same row. */
  private readonly source = randomBytes(9).toString('base64url');
  private last: Reading;
  private lastAt: number;
  private minute: Minute;
  private waiting: Minute[] = [];
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();
  private minutes = 0;
  private troubled = false;

  constructor(private readonly parts: StatRecorderParts) {
    this.last = readingOf(parts.meters);
    this.lastAt = parts.clock.elapsed();
    this.minute = this.newMinute();
  }

  start(): void {
    this.timer = this.parts.clock.after(SAMPLE_MS, () => {
      this.sample();
      this.start();
    });
  }

  /** Resolves when the minute that had begun is written, too. */
  async close(): Promise<void> {
    this.timer?.cancel();
    this.sample();
    this.endMinute();
    await this.writing;
  }

  private sample(): void {
    const reading = readingOf(this.parts.meters);
    const at = this.parts.clock.elapsed();
    const figures = between(this.last, reading, (at - this.lastAt) / MINUTE_MS);
    this.last = reading;
    this.lastAt = at;
    this.minute.figures = together(this.minute.figures, figures);
    if (this.newMinute().at !== this.minute.at) this.endMinute();
  }

  private endMinute(): void {
    // Of a server that nobody uses nothing is kept.
    if (!isNothing(this.minute.figures)) this.waiting.push(this.minute);
    this.waiting = this.waiting.slice(-MOST_WAITING);
    this.minute = this.newMinute();
    const tidy = ++this.minutes % TIDY_EVERY === 1;
    this.writing = this.writing.then(() => this.write(tidy));
  }

  private async write(tidy: boolean): Promise<void> {
    const { store, clock, complain } = this.parts;
    try {
      for (let next = this.waiting[0]; next; next = this.waiting[0]) {
        await store.add(this.source, next.at, next.figures);
        this.waiting = this.waiting.filter((one) => one !== next);
      }
      if (tidy) await store.rollUp(clock.now() - MINUTES_KEPT_MS, clock.now() - HOURS_KEPT_MS);
      this.troubled = false;
    } catch (error) {
      if (!this.troubled)
        complain('the figures of the console cannot be written; they are kept and tried again', error);
      this.troubled = true;
    }
  }

  private newMinute(): Minute {
    return { at: Math.floor(this.parts.clock.now() / MINUTE_MS) * MINUTE_MS, figures: NOTHING };
  }
}
