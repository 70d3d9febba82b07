import type { VirtualClock } from './virtual-clock.js';

/** Expectations are looked at this often. */
const STEP_MS = 50;
/** When virtual time is over: work outside that nobody could see may still bring it. Real milliseconds. */
const LAST_CHANCE_MS = 50;

/**
 * Looks until there is something, while virtual time passes: first whether it is there already, once everything that goes on
 * without time passing is over. Resolves with undefined when it did not come.
 */
export async function eventually<T extends object | true>(
  clock: VirtualClock,
  withinMs: number,
  look: () => T | undefined,
): Promise<T | undefined> {
  let found: T | undefined = await whileTimePasses<T>(clock, withinMs, look);
  if (found !== undefined) return found;
  await clock.linger(LAST_CHANCE_MS, () => (found = look()) !== undefined);
  return found;
}

/** The same without the last chance: for what is hoped not to come. */
export async function whileTimePasses<T extends object | true>(
  clock: VirtualClock,
  withinMs: number,
  look: () => T | undefined,
): Promise<T | undefined> {
  await clock.quiet();
  const until = clock.elapsed() + withinMs;
  for (;;) {
    const found = look();
    const left = until - clock.elapsed();
    if (found !== undefined || left <= 0) return found;
    await clock.advance(Math.min(STEP_MS, left));
  }
}
