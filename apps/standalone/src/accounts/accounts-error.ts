import { isPushError, PushError } from 'push-core';
import { troubleOf } from '../database-trouble.js';

/** Throws what a database call threw as the error a caller gets: retryable where the database may do it later. */
export function toAccountsError(thrown: unknown): never {
  if (isPushError(thrown)) throw thrown;
  const cause = thrown;
  switch (troubleOf(thrown)) {
    case 'full':
      throw new PushError('STORE_FULL', 'The database has no space left', { cause, retryAfterMs: 5000 });
    case 'other':
      throw new PushError('INTERNAL', 'The server failed to look this up', { cause });
    default:
      throw new PushError('STORE_UNAVAILABLE', 'The database did not answer', { cause, retryAfterMs: 1000 });
  }
}
