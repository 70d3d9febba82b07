import { driverError, type Diagnosis } from '../store-errors.js';

const UNAVAILABLE =
  /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY|PROTOCOL|NOMEM|INTERRUPT|CORRUPT|NOTADB|SCHEMA|PERM|AUTH)/;

export const isBusy = (thrown: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(driverError(thrown).code);

/** See `Diagnosis`. */
export function diagnoseSqlite(thrown: unknown): Diagnosis {
  const { code, message } = driverError(thrown);
  if (code === 'SQLITE_FULL') return 'full';
  if (UNAVAILABLE.test(code) || /ConnectionFailed|connection is not open/.test(message)) return 'unavailable';
  return /no such table/.test(message) ? 'no-table' : 'failed';
}
