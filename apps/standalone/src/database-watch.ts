import { isPushError, systemClock, type Clock, type Push, type Timer } from 'push-core';
import type { Logger } from './log.js';

const LOOK_MS = 1_000;

/**
 * Tells in the log when the database fails the engine and when it is good again, once each.
 *
 * Good → (a call that failed for the database's sake) degraded → (the engine is out of trouble) good. Returns what ends
 * it.
 */
export function watchDatabase(push: Pick<Push, 'on' | 'status'>, log: Logger, clock: Clock = systemClock): () => void {
  let looking: Timer | undefined;
  const look = (): void => {
    if (push.status().trouble !== undefined) {
      looking = clock.after(LOOK_MS, look);
      return;
    }
    looking = undefined;
    log.info('the database has recovered');
  };
  const forget = push.on('trouble', ({ error }) => {
    if (looking || !isPushError(error) || !error.code.startsWith('STORE_')) return;
    log.warn({ code: error.code }, `the database is degraded: ${error.message}`);
    looking = clock.after(LOOK_MS, look);
  });
  return () => {
    forget();
    looking?.cancel();
  };
}
