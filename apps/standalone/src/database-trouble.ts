import { ERRORS } from 'push-core';

/**
 * What is behind something that a database driver threw. `unreachable`: nobody answers there, or not yet. `busy`: it
 * answers, but has no connection or lock to give. `full`: no space left. The next four are wrong until somebody mends
 * them. `other`: a statement that the database did not take.
 */
export type DatabaseTrouble =
  'unreachable' | 'busy' | 'full' | 'credentials' | 'no-database' | 'no-right' | 'encryption' | 'other';

const CODES: Readonly<Record<Exclude<DatabaseTrouble, 'other'>, readonly string[]>> = {
  unreachable: [
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
    // PostgreSQL starts, stops or has cut the connection.
    ...['57P01', '57P02', '57P03', '08000', '08001', '08003', '08004', '08006', '08P01'],
    ...['PROTOCOL_CONNECTION_LOST', 'ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED', 'POOL_CLOSED'],
  ],
  busy: [
    ...['53300', '55P03', '57014', '40001', '40P01'],
    ...['ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_DEADLOCK'],
    ...['SQLITE_BUSY', 'SQLITE_LOCKED'],
  ],
  full: ['53100', '53200', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL', 'SQLITE_FULL'],
  credentials: ['28000', '28P01', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'],
  'no-database': ['3D000', 'ER_BAD_DB_ERROR'],
  'no-right': [
    ...['42501', 'ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR'],
    ...['ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_OPTION_PREVENTS_STATEMENT', '25006'],
  ],
  encryption: [
    ...['HANDSHAKE_NO_SSL_SUPPORT', 'HANDSHAKE_SSL_ERROR', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_HAS_EXPIRED'],
    ...['ERR_TLS_CERT_ALTNAME_INVALID'],
  ],
};
const KIND_OF = new Map(
  Object.entries(CODES).flatMap(([kind, codes]) => codes.map((code) => [code, kind as DatabaseTrouble])),
);

/** What drivers say without a code. */
const SAID: readonly (readonly [RegExp, DatabaseTrouble])[] = [
  [/connection terminated|timeout exceeded|connection timeout|closed state|pool is closed/i, 'unreachable'],
  [/does not support SSL|no encryption|SSL off/i, 'encryption'],
  [/database is locked/i, 'busy'],
];

/** Looks through what wraps what: TypeORM's errors, the store's and those of a name with several addresses. */
export function troubleOf(thrown: unknown): DatabaseTrouble {
  for (const error of chainOf(thrown)) {
    const code = codeOf(error);
    const known = KIND_OF.get(code) ?? KIND_OF.get(code.split('_').slice(0, 2).join('_'));
    // PostgreSQL refuses an unencrypted connection with the code of a wrong password.
    if (known && known !== 'credentials') return known;
    const text = error instanceof Error ? error.message : '';
    const said = SAID.find(([words]) => words.test(text))?.[1];
    if (said ?? known) return said ?? known ?? 'other';
  }
  return 'other';
}

/** The driver's code for it, to be looked up; empty where there is none. */
export function codeBehind(thrown: unknown): string {
  return (
    chainOf(thrown)
      .map(codeOf)
      .filter((code) => code !== '' && !OURS.has(code))
      .at(0) ?? ''
  );
}

/** Codes of this project are no driver's. */
const OURS = new Set<string>(Object.keys(ERRORS));

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** The error, then what is behind it, at most eight deep. */
export function chainOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = thrown; at !== undefined && at !== null && chain.length < 8;) {
    chain.push(at);
    const { driverError, cause, errors } = at as { driverError?: unknown; cause?: unknown; errors?: unknown };
    const next = driverError ?? cause ?? (Array.isArray(errors) ? (errors as unknown[])[0] : undefined);
    at = next === at ? undefined : next;
  }
  return chain;
}
