import { driverError, type Diagnosis } from '../store-errors.js';

/** Numbers of server errors; see the error references of MariaDB and MySQL. */
const FULL = new Set([
  1021, // disk full
  1041, // out of memory
  1114, // table is full
  1878, // temporary file write failure
  3186, // capacity exceeded (MySQL)
]);
const UNAVAILABLE = new Set([
  ...[1020, 1062, 1205, 1213, 1412], // lost too many races
  ...[1040, 1203, 1226], // too many connections
  ...[1044, 1045, 1049, 1142, 1143, 1227, 1698], // no access any more, or no database
  ...[1053, 1077, 1079, 1080], // shutting down
  ...[1015, 1026, 1030, 1034, 1035, 1037, 1038, 1180, 1181, 1194, 1195], // the server's files or memory
  1047, // not part of its cluster (Galera)
  ...[1152, 1158, 1159, 1160, 1161, 1184], // network
  ...[1290, 1792, 1836], // read-only: no longer the primary
  ...[1317, 1927, 1969, 3024, 4031], // ended by the administrator, or by a limit
]);

/** Somebody else came first, and the server undid the unit or must: told again it may succeed. */
const LOST_RACE = new Set([
  1020, // record has changed since last read (MariaDB)
  1062, // duplicate key
  1205, // lock wait timeout
  1213, // deadlock; of a cluster, also at the commit
  1412, // table definition has changed
]);
const LOCK_TIMEOUT = 1205;

/** After these the connection is of no more use, although it still answers. */
const DEMOTED = new Set([1047, 1290, 1792, 1836]);

/** The last the server said on a connection it has closed. */
const GONE = new Set([1053, 1927, 4031]);

const ACCESS_DENIED = new Set([1044, 1045, 1698]);
const NO_DATABASE = 1049;
const NO_TABLE = 1146;

const NETWORK = /^(E[A-Z]+|PROTOCOL_[A-Z_]+|HANDSHAKE_[A-Z_]+|SESSION_LOST)$/;
/** The error of the operating system a server error names: no space left on device. */
const NO_SPACE = /\b(?:Err?code:?|error) 28\b/i;

/** The connection is gone, and with it the answer. */
export class SessionLost extends Error {
  readonly code = 'SESSION_LOST';

  constructor(why: string, cause?: unknown) {
    super(why, { cause });
  }
}

/** See `Diagnosis`. */
export function diagnoseMysql(thrown: unknown): Diagnosis {
  const { errno = 0, code, message } = driverError(thrown);
  if (FULL.has(errno) || NO_SPACE.test(message)) return 'full';
  if (errno === NO_TABLE) return 'no-table';
  // What the operating system says of a connection has a number as well: a negative one.
  if (UNAVAILABLE.has(errno) || (errno <= 0 && isNetwork(thrown, code))) return 'unavailable';
  return 'failed';
}

export const isLostRace = (thrown: unknown): boolean => LOST_RACE.has(driverError(thrown).errno ?? 0);
export const isLockTimeout = (thrown: unknown): boolean => driverError(thrown).errno === LOCK_TIMEOUT;
export const isLost = (thrown: unknown): boolean => thrown instanceof SessionLost;
export const isGone = (thrown: unknown): boolean => GONE.has(driverError(thrown).errno ?? 0);
export const isDemoted = (thrown: unknown): boolean => DEMOTED.has(driverError(thrown).errno ?? 0);
export const isAccessDenied = (thrown: unknown): boolean => ACCESS_DENIED.has(driverError(thrown).errno ?? 0);
export const isNoDatabase = (thrown: unknown): boolean => driverError(thrown).errno === NO_DATABASE;

const isNetwork = (thrown: unknown, code: string): boolean =>
  NETWORK.test(code) || (thrown as { fatal?: unknown } | undefined)?.fatal === true;
