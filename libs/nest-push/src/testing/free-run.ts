import type { VirtualClock } from 'push-core/testing';

const STEP_MS = 20;
/** Real milliseconds a step: what ends by itself outside, a handler's query for instance, has time for it. */
const PAUSE_MS = 1;
/** Longer than any drain; then it stands still again, whatever became of it. */
const MOST_STEPS = 3000;

/** Lets virtual time pass by itself until it is stopped: for a shutdown, in which the engine waits and nobody moves the clock. */
export function runFree(clock: VirtualClock): () => void {
  let isOver = false;
  void (async () => {
    for (let step = 0; !isOver && step < MOST_STEPS; step++) {
      await clock.linger(PAUSE_MS, () => isOver);
      if (!isOver) await clock.advance(STEP_MS).catch(() => undefined);
    }
  })();
  return () => {
    isOver = true;
  };
}
