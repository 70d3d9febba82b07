import type { Clock } from 'push-core';

/** A line that was written is written again only after this time. */
const QUIET_MS = 60_000;
/** Lines remembered; one that is not counts as new. */
const MOST = 100;

/** Keeps what fails every second from filling the log. */
export class Repeats {
  private readonly lines = new Map<string, { until: number; held: number }>();

  constructor(private readonly clock: Clock) {}

  /** Whether to write the line now, and how often it was held back before. */
  say(line: string): { readonly now: boolean; readonly before: number } {
    const time = this.clock.elapsed();
    const known = this.lines.get(line);
    if (known && time < known.until) {
      known.held++;
      return { now: false, before: 0 };
    }
    this.lines.delete(line);
    this.lines.set(line, { until: time + QUIET_MS, held: 0 });
    const [oldest] = this.lines.size > MOST ? this.lines.keys() : [];
    if (oldest !== undefined) this.lines.delete(oldest);
    return { now: true, before: known?.held ?? 0 };
  }
}
