/**
 * Time, as the core sees it. Everything that waits or dates goes through a Clock, so that a test or a simulation
 * can run hours in seconds.
 */
export interface Clock {
  /** Wall clock, Unix milliseconds. It may jump: use it to date things, never to measure. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. Use it to measure. */
  elapsed(): number;
  /** Calls `run` once, not before `delayMs` have elapsed. The timer does not keep a process alive. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` in the next turn of the event loop, after everything that has already arrived. */
  soon(run: () => void): void;
}

export interface Timer {
  /** Idempotent; after it the callback does not run. */
  cancel(): void;
}
