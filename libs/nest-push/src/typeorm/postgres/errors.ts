import { driverError, type Diagnosis } from '../store-errors.js';

/** The unit was undone as a whole, and may do better when it is told again. */
const LOST_RACE = new Set(['40001', '40P01', '23505']);

/** What this connection has prepared no longer fits, because somebody changed a table: another connection is fresh. */
const STALE = new Set(['26000', '0A000']);

const FULL = new Set(['53100', '53200']);

/**
 * Connection exceptions, an operator's intervention, a failover to a server that only reads, credentials that are being
 * changed, too many connections, a lock held elsewhere or a statement that took too long.
 */
const UNAVAILABLE =
  /^(08...|57P..|57014|53300|53400|55P03|25P0[34]|25006|28...|3D000|40001|40P01|58030|E(CONN\w+|PIPE|TIMEDOUT|AI_AGAIN|HOST\w+|NET\w+|NOTFOUND)|ENOENT|EACCES)$/;

/** The driver's own words where a socket ended; they have no code. */
const ENDED =
  /^Connection terminated|^timeout e|not queryable|Client was closed|pool after calling end|does not support SSL|SSL connection/;

/** See `Diagnosis`. */
export function diagnosePostgres(thrown: unknown): Diagnosis {
  const { code, message } = driverError(thrown);
  if (FULL.has(code)) return 'full';
  if (UNAVAILABLE.test(code) || ENDED.test(message)) return 'unavailable';
  return code === '42P01' || code === '3F000' ? 'no-table' : 'failed';
}

export const isLostRace = (thrown: unknown): boolean => LOST_RACE.has(driverError(thrown).code);

export const isStale = (thrown: unknown): boolean => STALE.has(driverError(thrown).code);

/** The connection ended, and with it what was not committed. */
export function isDisconnect(thrown: unknown): boolean {
  const { code, message } = driverError(thrown);
  return /^(08...|57P0.|25P03|ECONN\w+|EPIPE|ETIMEDOUT)$/.test(code) || ENDED.test(message);
}

/** Waiting does not help: somebody has to correct the url, or the database. */
export const isRefusal = (thrown: unknown): boolean => {
  const { code, message } = driverError(thrown);
  return /^(28...|3D000|42501)$/.test(code) || /^SASL|password|does not support SSL/.test(message);
};
