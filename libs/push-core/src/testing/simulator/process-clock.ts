import type { Clock, Timer } from '../../clock/clock.js';
import type { Timeline } from './timeline.js';

/** The clock of one life of the server: it falls silent when the process dies. */
export class ProcessClock implements Clock {
  private silent = false;
  /** Timers and turns asked for and not over yet. */
  outstanding = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly skewMs: number,
    private readonly thrown: (error: unknown) => void,
    /** Sabotage: a cancelled timer is kept. */
    private readonly keepsTimers = false,
  ) {}

  now(): number {
    return this.timeline.now + this.skewMs;
  }

  elapsed(): number {
    return this.timeline.now;
  }

  after(delayMs: number, run: () => void): Timer {
    this.outstanding++;
    let over = false;
    const end = () => {
      if (!over) this.outstanding--;
      over = true;
    };
    const planned = this.timeline.after(delayMs, () => {
      if (this.silent || over) return;
      end();
      try {
        run();
      } catch (error) {
        this.thrown(error);
      }
    });
    return {
      cancel: () => {
        planned.cancel();
        if (!this.keepsTimers) end();
      },
    };
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  stop(): void {
    this.silent = true;
  }
}
