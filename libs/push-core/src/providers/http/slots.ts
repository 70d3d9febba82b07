/** Counts connections, so that there are never more than a number of them, in all and of one lane. */
export class Slots {
  private open = 0;
  private readonly byLane = new Map<string, number>();
  /** What to run when one has become free. */
  private readonly starved = new Set<() => void>();

  constructor(
    private readonly max: number,
    private readonly maxOfLane: number,
    /** Finds an idle connection, of one lane where it is named, and answers how to close it. */
    private readonly idle: (lane: string | undefined) => (() => void) | undefined,
  ) {}

  /** False: none is free; `again` is called when one may be. */
  acquire(lane: string, again: () => void): boolean {
    const full = (): boolean => this.open >= this.max;
    const laneFull = (): boolean => (this.byLane.get(lane) ?? 0) >= this.maxOfLane;
    if (laneFull()) this.idle(lane)?.();
    else if (full()) this.idle(undefined)?.();
    if (laneFull() || full()) {
      this.starved.add(again);
      return false;
    }
    this.open++;
    this.byLane.set(lane, (this.byLane.get(lane) ?? 0) + 1);
    return true;
  }

  release(lane: string): void {
    this.open--;
    const left = (this.byLane.get(lane) ?? 1) - 1;
    if (left === 0) this.byLane.delete(lane);
    else this.byLane.set(lane, left);
    this.wake();
  }

  /** A connection has come to rest: it can make room for another. */
  rested(): void {
    if (this.starved.size > 0) this.wake();
  }

  private wake(): void {
    const waiting = [...this.starved];
    this.starved.clear();
    for (const again of waiting) again();
  }
}
