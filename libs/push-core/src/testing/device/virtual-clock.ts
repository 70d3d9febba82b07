import { ManualClock } from '../manual-clock.js';

// Taken once: fake timers of a test runner, turned on later, would stand still.
const { setImmediate, performance } = globalThis;

/** So many turns of the event loop in which nothing stirred count as quiet. */
const STILL_TURNS = 10;
const MOST_TURNS = 5_000;
/** Work outside, where it can be seen, is waited for so long; what takes longer, only once. Real milliseconds. */
const OUTSIDE_MS = 1000;
/** Time passes in so many pieces at least, none longer than this; between two of them work outside may catch up. */
const PIECES = 360;
const LONGEST_PIECE_MS = 60_000;
/** Shorter waits are exact. */
const EXACT_MS = 10 * 60_000;

/**
 * A manual clock for code that awaits: turns come by themselves, so that whoever awaits a publish gets its answer although
 * nobody moves the clock. Time stands still until it is told to pass. Moves may be asked for from anywhere; they happen one
 * after the other.
 *
 * Beyond ten minutes it leaps, so that days pass in seconds: within a part of the whole, ten seconds of an hour and at most a
 * minute, what a timer sets off anew comes at the end. It is as if the process had been busy for so long.
 */
export class VirtualClock extends ManualClock {
  private line: Promise<void> = Promise.resolve();
  private turning = false;
  /** What was asked of the clock so far: as long as it grows, something is going on. */
  private stirs = 0;
  /** While it leaps, nothing new is due before. */
  private notBefore = 0;
  /** Work outside did not end in its time. */
  private isStuckOutside = false;

  constructor(
    startMs?: number,
    /** Whether the code under test has work with the operating system that will end by itself: a file, a look-up. */
    private readonly isBusyOutside: () => boolean = () => false,
  ) {
    super(startMs);
  }

  override after(delayMs: number, run: () => void): ReturnType<ManualClock['after']> {
    this.stirs++;
    return super.after(Math.max(delayMs, this.notBefore - this.elapsed()), run);
  }

  override soon(run: () => void): void {
    this.stirs++;
    super.soon(run);
    if (this.turning) return;
    this.turning = true;
    setImmediate(() => {
      this.turning = false;
      void this.settle();
    });
  }

  /** Something happened that the clock does not see: what was about to count as quiet does not. */
  stir(): void {
    this.stirs++;
  }

  override settle(): Promise<void> {
    return this.inLine(() => super.settle());
  }

  /** Everything that goes on without time passing is over first, at the beginning and at the end. */
  override async advance(ms: number): Promise<void> {
    await this.quiet();
    const pieceMs = Math.min(Math.max(1, Math.ceil(ms / PIECES)), LONGEST_PIECE_MS);
    for (let left = ms; left > 0; left -= pieceMs) {
      await this.inLine(() => this.pass(Math.min(left, pieceMs), ms > EXACT_MS));
      if (this.isBusyOutside()) await this.quiet();
    }
    await this.quiet();
  }

  /** No time passes: resolves when nothing stirs any more, in the code under test and outside, as far as that can be seen. */
  async quiet(): Promise<void> {
    const begun = performance.now();
    let still = 0;
    for (let turns = 0; still < STILL_TURNS && turns < MOST_TURNS; turns++) {
      const before = this.stirs;
      await this.settle();
      await this.outside(begun + OUTSIDE_MS);
      still = this.stirs === before ? still + 1 : 0;
    }
  }

  /** Turns of the event loop for so long, or until `isOver`: for work outside that nobody can see. Real milliseconds. */
  async linger(ms: number, isOver: () => boolean): Promise<void> {
    const until = performance.now() + ms;
    while (!isOver() && performance.now() < until) await this.settle();
  }

  private async outside(untilMs: number): Promise<void> {
    while (this.isBusyOutside()) {
      if (this.isStuckOutside) return;
      await oneTurn();
      this.isStuckOutside = performance.now() >= untilMs;
    }
    this.isStuckOutside = false;
  }

  private async pass(ms: number, leaping: boolean): Promise<void> {
    if (leaping) this.notBefore = this.elapsed() + ms;
    try {
      await super.advance(ms);
    } finally {
      this.notBefore = 0;
    }
  }

  private inLine(move: () => Promise<void>): Promise<void> {
    const moved = this.line.then(move);
    // A timer's callback that throws is told to whoever moved the clock; the next one can move it all the same.
    this.line = moved.catch(() => undefined);
    return moved;
  }
}

const oneTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
