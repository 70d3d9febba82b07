import { isPushError, PushError } from 'push-core';

/** The medium does not answer now, but may later, without anything being wrong with the call. */
const UNAVAILABLE =
  /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY|PROTOCOL|NOMEM|INTERRUPT|CORRUPT|NOTADB|SCHEMA|PERM|AUTH)/;

/** What the driver said, taken out of TypeORM's wrapping. */
export function driverError(thrown: unknown): { code: string; message: string } {
  const outer = thrown as { driverError?: unknown } | undefined;
  const error = (outer?.driverError ?? thrown) as { code?: unknown; message?: unknown } | undefined;
  return { code: text(error?.code), message: text(error?.message) };
}

export const isBusy = (thrown: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(driverError(thrown).code);

export const isMissingTable = (thrown: unknown): boolean => /no such table/.test(driverError(thrown).message);

/** Anything a database call threw, as the store's own errors. */
export function toStoreError(thrown: unknown): PushError {
  if (isPushError(thrown)) return thrown;
  const { code, message } = driverError(thrown);
  if (code === 'SQLITE_FULL') {
    return new PushError('STORE_FULL', 'The database has no space left', { cause: thrown, retryAfterMs: 5000 });
  }
  if (UNAVAILABLE.test(code) || /ConnectionFailed|connection is not open/.test(message)) {
    return new PushError('STORE_UNAVAILABLE', 'The database did not answer', { cause: thrown, retryAfterMs: 1000 });
  }
  return new PushError('INTERNAL', 'The store failed to do this', { cause: thrown });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
