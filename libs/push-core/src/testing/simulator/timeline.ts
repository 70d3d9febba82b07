import type { Timer } from '../../clock/clock.js';

// Taken once: under a test runner every look at a global is slow.
const { ceil } = Math;
const nextTurn = setImmediate;

interface Happening {
  readonly time: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** What will happen, by time and then by the order it was planned in. The only time a simulation knows. */
export class Timeline {
  private readonly heap: Happening[] = [];
  private planned = 0;
  /** Things that happened. */
  events = 0;

  constructor(public now: number) {}

  after(delayMs: number, run: () => void): Timer {
    const one: Happening = { time: this.now + (delayMs > 0 ? ceil(delayMs) : 0), order: this.planned++, run };
    this.insert(one);
    return { cancel: () => void (one.run = undefined) };
  }

  /** Lets the next thing happen if it is due by `until`. False when nothing is. */
  step(until: number): boolean {
    for (;;) {
      const first = this.heap[0];
      if (!first || first.time > until) return false;
      this.removeFirst();
      if (!first.run) continue;
      this.now = first.time;
      this.events++;
      first.run();
      return true;
    }
  }

  private insert(one: Happening): void {
    const heap = this.heap;
    let at = heap.length;
    heap.push(one);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Happening;
      if (!sooner(one, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = one;
  }

  private removeFirst(): void {
    const heap = this.heap;
    const last = heap.pop() as Happening;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && sooner(heap[child + 1] as Happening, heap[child] as Happening)) child++;
      const below = heap[child] as Happening;
      if (!sooner(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

const sooner = (a: Happening, b: Happening): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Everything that is ready to run in this turn has run when it resolves; no time passes. */
export const settled = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));
