export interface BackoffOptions {
  /** Upper bound of the first wait. Default 500. */
  baseMs: number;
  /** Upper bound of every wait. Default 30 000. */
  capMs: number;
}

/**
 * Full jitter, drawn after the cap: when a server dies, its clients come back spread over the whole interval, also when
 * all of them have reached the cap. `attempt` counts from 0.
 */
export function backoffMs({ baseMs, capMs }: BackoffOptions, attempt: number, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** attempt);
}

/** A server may ask for a pause, but not park its clients: longer than an hour (or nonsense) is cut. */
const LONGEST_PAUSE_MS = 3_600_000;

/** `afterMs` of a `bye` is spread by the server already; after failures the client's own wait is the least. */
export function pauseMs(askedMs: number | undefined, attempt: number, jittered: number): number {
  if (askedMs === undefined) return jittered;
  const asked = Math.min(Math.max(askedMs, 0), LONGEST_PAUSE_MS);
  return attempt === 0 ? asked : Math.max(asked, jittered);
}
