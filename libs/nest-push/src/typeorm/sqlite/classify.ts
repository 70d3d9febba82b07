import { isPushError, PushError } from 'push-core';

/** What SQLite said, as one of the store's errors. Anything it says about the medium may pass; the rest is our own fault. */
export function classify(thrown: unknown): unknown {
  if (isPushError(thrown)) return thrown;
  const code = String((thrown as { code?: unknown } | null)?.code ?? '');
  const text = thrown instanceof Error ? thrown.message : '';
  if (code.startsWith('SQLITE_FULL') || /database or disk is full/i.test(text)) {
    return new PushError('STORE_FULL', 'The database has no space left; free some and try again', {
      cause: thrown,
      retryAfterMs: 5000,
    });
  }
  if (/no such table/i.test(text)) {
    return new PushError(
      'STORE_UNAVAILABLE',
      'The push tables are not in this database; open the store on it first, it creates them',
      { cause: thrown },
    );
  }
  if (
    /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY|PROTOCOL|CORRUPT|NOTADB)/.test(code) ||
    /locked|not open|disk I\/O|readonly/i.test(text)
  ) {
    return new PushError('STORE_UNAVAILABLE', 'The database did not take this; try again', {
      cause: thrown,
      retryAfterMs: 1000,
    });
  }
  return thrown;
}

export const isBusy = (thrown: unknown): boolean =>
  /^SQLITE_(BUSY|LOCKED)/.test(String((thrown as { code?: unknown } | null)?.code ?? '')) ||
  (thrown instanceof Error && /database (table )?is locked/i.test(thrown.message));
