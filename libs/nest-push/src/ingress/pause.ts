import type { PushError } from 'push-core';

const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** How long to wait before the next try, after so many in a row failed: full jitter, after the time the error names. */
export function pauseMs(failures: number, error: PushError, random: () => number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return (error.retryAfterMs ?? 0) + random() * longest;
}
