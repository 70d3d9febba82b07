import type { Clock, Timer } from './clock.js';
import { PushClientError } from './errors.js';

/** The result of `work`, or a rejection with `CLIENT_TIMEOUT` where it takes longer than `ms`. */
export function withDeadline<T>(clock: Clock, ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: Timer;
  const late = new Promise<never>((_resolve, reject) => {
    const error = () => new PushClientError('CLIENT_TIMEOUT', `${what} took longer than ${ms} ms`);
    timer = clock.setTimeout(() => reject(error()), ms);
  });
  return Promise.race([work, late]).finally(() => clock.clearTimeout(timer));
}
