import type { Clock, Timer } from '../clock/clock.js';

interface Planned {
  readonly time: number;
  run?: () => void;
}

/**
 * A clock that stands still until told to move. Whatever a timer sets off, promises included, has happened before the
 * next timer runs, so that a test reads the same every time.
 */
export class ManualClock implements Clock {
  private wall: number;
  private measured = 0;
  /** By time, then by the order they were set. */
  private timers: Planned[] = [];
  private turns: (() => void)[] = [];
  private moving = false;

  /** `startMs`: Unix milliseconds. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.wall = startMs;
  }

  now(): number {
    return this.wall;
  }

  elapsed(): number {
    return this.measured;
  }

  after(delayMs: number, run: () => void): Timer {
    const planned: Planned = { time: this.measured + Math.max(0, delayMs), run };
    this.timers.splice(this.placeOf(planned.time), 0, planned);
    return {
      cancel: () => {
        if (!planned.run) return;
        planned.run = undefined;
        this.timers.splice(this.timers.indexOf(planned), 1);
      },
    };
  }

  soon(run: () => void): void {
    this.turns.push(run);
  }

  /** Timers and turns that have not run yet. */
  pending(): number {
    return this.timers.length + this.turns.length;
  }

  /** The wall clock jumps, as when an operator sets it; no timer notices. */
  jump(ms: number): void {
    this.wall += ms;
  }

  /** Lets time pass: every timer due within it runs at its own time, and all it sets off comes before the next. */
  async advance(ms: number): Promise<void> {
    await this.alone(async () => {
      const until = this.measured + ms;
      await this.drain();
      for (let next = this.timers[0]; next && next.time <= until; next = this.timers[0]) {
        this.timers.shift();
        this.moveTo(next.time);
        const run = next.run as () => void;
        next.run = undefined;
        run();
        await this.drain();
      }
      this.moveTo(until);
    });
  }

  /** No time passes: resolves when every promise and every turn that was ready has run. */
  async settle(): Promise<void> {
    await this.alone(() => this.drain());
  }

  private async drain(): Promise<void> {
    await microtasks();
    for (let turn = this.turns.shift(); turn; turn = this.turns.shift()) {
      turn();
      await microtasks();
    }
  }

  private async alone(move: () => Promise<void>): Promise<void> {
    if (this.moving) throw new Error('The clock is being moved already: await advance() and settle()');
    this.moving = true;
    try {
      await move();
    } finally {
      this.moving = false;
    }
  }

  private moveTo(time: number): void {
    this.wall += time - this.measured;
    this.measured = time;
  }

  /** After all that are due no later: the same time runs in the order set. */
  private placeOf(time: number): number {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.timers[middle] as Planned).time <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Resolves when no promise can go on by itself any more. */
const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
