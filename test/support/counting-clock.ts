import { systemClock, type Clock, type Timer } from 'push-core';

/** The machine's time, moved by hand where a test wants it later; it counts the timers that wait. */
export class CountingClock implements Clock {
  /** Milliseconds the wall clock is ahead. */
  ahead = 0;
  private readonly waiting = new Set<Timer>();

  get timers(): number {
    return this.waiting.size;
  }

  now(): number {
    return systemClock.now() + this.ahead;
  }
  elapsed(): number {
    return systemClock.elapsed() + this.ahead;
  }
  after(delayMs: number, run: () => void): Timer {
    const inner = systemClock.after(delayMs, () => {
      this.waiting.delete(timer);
      run();
    });
    const timer: Timer = {
      cancel: () => {
        this.waiting.delete(timer);
        inner.cancel();
      },
    };
    this.waiting.add(timer);
    return timer;
  }
  soon(run: () => void): void {
    systemClock.soon(run);
  }
}
