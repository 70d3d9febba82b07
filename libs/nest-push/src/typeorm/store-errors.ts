import { isPushError, PushError } from 'push-core';

/**
 * What is behind something a database call threw. `full`: no space left. `unavailable`: it does not answer now, but may
 * later, without anything being wrong with the call. `no-table`: the push tables are not there.
 */
export type Diagnosis = 'full' | 'unavailable' | 'no-table' | 'failed';

/** What the driver threw, taken out of TypeORM's wrapping. */
export function driverError(thrown: unknown): { code: string; message: string; errno?: number } {
  const outer = thrown as { driverError?: unknown } | undefined;
  const error = (outer?.driverError ?? thrown) as { code?: unknown; message?: unknown; errno?: unknown } | undefined;
  const errno = typeof error?.errno === 'number' ? error.errno : undefined;
  return { code: text(error?.code), message: text(error?.message), ...(errno === undefined ? {} : { errno }) };
}

/** Anything a database call threw, as the store's own errors. */
export function toStoreError(thrown: unknown, diagnose: (thrown: unknown) => Diagnosis): PushError {
  if (isPushError(thrown)) return thrown;
  switch (diagnose(thrown)) {
    case 'full':
      return new PushError('STORE_FULL', 'The database has no space left', { cause: thrown, retryAfterMs: 5000 });
    case 'unavailable':
      return new PushError('STORE_UNAVAILABLE', 'The database did not answer', { cause: thrown, retryAfterMs: 1000 });
    case 'no-table':
    case 'failed':
      return new PushError('INTERNAL', 'The store failed to do this', { cause: thrown });
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
