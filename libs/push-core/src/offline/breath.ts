import type { Clock } from '../clock/clock.js';
import type { Counters } from '../meters.js';

/** What a round found to do: nothing, what came of late, or a part of something large that nobody waits for. */
export type Round = 'nothing' | 'some' | 'bulk';

const SHARE = 3;
const MOST_MS = 100;
/** Others count as served here so long after the last of it. */
const SERVED_MS = 1000;

/**
 * The pause between two pieces of bulk work. Where others are served meanwhile it is three times as long as the piece took
 * (100 ms at most), so that they find the event loop, and a database within this process, mostly free; elsewhere one turn of the loop.
 */
export class Breath {
  private served = 0;
  private servedUntil = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly counters: Pick<Counters, 'accepted' | 'sent'>,
  ) {}

  /** `began`: when the piece began, by `clock.elapsed()`. */
  after(began: number): Promise<void> {
    const elapsed = this.clock.elapsed();
    const took = elapsed - began;
    return new Promise((resolve) => {
      if (took < 1 || !this.isServing(elapsed)) this.clock.soon(resolve);
      else this.clock.after(Math.min(MOST_MS, Math.ceil(took * SHARE)), resolve);
    });
  }

  private isServing(elapsed: number): boolean {
    let served = this.counters.accepted;
    for (const count of this.counters.sent.values()) served += count;
    if (served !== this.served) this.servedUntil = elapsed + SERVED_MS;
    this.served = served;
    return elapsed < this.servedUntil;
  }
}
