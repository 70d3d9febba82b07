import type { BusStatus } from 'push-core';
import type { ResolvedSettings } from './rabbit-settings.js';
import type { Session } from './session.js';
import { unavailable } from './trouble.js';

/** What a start is judged by. */
export interface Starting {
  status(): BusStatus;
  /** The first attempt has failed, at something. */
  hasFailed(): boolean;
  /** It is not wanted any more. */
  isClosed(): boolean;
}

/** Resolves, or rejects with the reason, when `startup` has its answer. See `RabbitSettings.startup`. */
export function awaitStart(
  session: Session,
  { startup, startupTimeoutMs }: Pick<ResolvedSettings, 'startup' | 'startupTimeoutMs'>,
  starting: Starting,
): Promise<void> {
  if (startup === 'degraded') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = (reason?: string): void => {
      clearTimeout(timer);
      stop();
      if (reason === undefined) resolve();
      else reject(unavailable(reason));
    };
    const look = (): void => {
      const { state, reason = state } = starting.status();
      // A broker that takes nothing for now is there.
      if (state !== 'down') done();
      else if (starting.isClosed() || (startup === 'fail' && starting.hasFailed())) done(reason);
    };
    const timer = setTimeout(() => done(starting.status().reason ?? 'no answer'), startupTimeoutMs);
    const stop = session.onStep(look);
    look();
  });
}
