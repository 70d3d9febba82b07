import type { SqlConnection } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';
import type { TableNames } from './table-names.js';

/** How the store uses its database. */
export interface DatabaseSettings {
  readonly names: TableNames;
  readonly tablePrefix: string;
  /** How long a lock held by another connection is waited for. Milliseconds. */
  readonly lockTimeoutMs: number;
  /** How long any one call may take, waiting for a free connection included. Milliseconds. */
  readonly deadlineMs: number;
  /** Connections at most, where the database has more than one. */
  readonly connections: number;
  /** How long a database that is not there yet is waited for when the store opens. Milliseconds. */
  readonly openTimeoutMs: number;
}

/** One database of one kind. Nothing is loaded or opened before `open`. */
export interface Database {
  readonly sql: SqlDialect;
  /**
   * Connects and brings the schema up to date; several nodes may do so at once. Rejects with a PushError.
   */
  open(): Promise<SqlConnection>;
  /** Lets go of everything; the connection `open` gave was ended before. Idempotent. */
  close(): Promise<void>;
}
