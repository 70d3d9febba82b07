/** What a `setTimeout` answered; only ever handed back to `clearTimeout`. */
export type Timer = unknown;

/** All the time this SDK knows. Pass your own to test without waiting. */
export interface Clock {
  /** Milliseconds; only differences matter. */
  now(): number;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer): void;
}

interface TimeOfPlatform {
  performance: { now(): number };
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Monotonic, so that a wall clock set forward does not look like a silent server. */
export function systemClock(): Clock {
  const platform = globalThis as unknown as TimeOfPlatform;
  return {
    now: () => platform.performance.now(),
    setTimeout: (run, ms) => platform.setTimeout(run, ms),
    clearTimeout: (timer) => platform.clearTimeout(timer),
  };
}
