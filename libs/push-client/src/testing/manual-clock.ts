import type { Clock } from '../clock.js';

/** Lets every promise that can settle now settle. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that moves by `advance` only; promises settle between two timers. */
export class ManualClock implements Clock {
  private time = 0;
  private lastId = 0;
  private readonly timers = new Map<number, { at: number; run: () => void }>();

  now(): number {
    return this.time;
  }

  setTimeout(run: () => void, ms: number): number {
    this.lastId += 1;
    this.timers.set(this.lastId, { at: this.time + Math.max(0, ms), run });
    return this.lastId;
  }

  clearTimeout(timer: unknown): void {
    this.timers.delete(timer as number);
  }

  get pending(): number {
    return this.timers.size;
  }

  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    await settled();
    for (let due = this.next(until); due !== undefined; due = this.next(until)) {
      this.time = Math.max(this.time, due.at);
      this.timers.delete(due.id);
      due.run();
      await settled();
    }
    this.time = until;
  }

  /** As far as the next timer, where there is one. */
  step(): Promise<void> {
    const next = this.next(Infinity);
    return this.advance(next === undefined ? 0 : Math.max(0, next.at - this.time));
  }

  private next(until: number): { id: number; at: number; run: () => void } | undefined {
    let first: { id: number; at: number; run: () => void } | undefined;
    for (const [id, { at, run }] of this.timers) {
      if (at <= until && (first === undefined || at < first.at)) first = { id, at, run };
    }
    return first;
  }
}
