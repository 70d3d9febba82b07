import type { SqlConnection } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';

/** A database that is open, from the first call to the close. */
export interface OpenDatabase {
  readonly connection: SqlConnection;
  readonly epoch: string;
}

/** What the parts of the store work with. */
export interface StoreAccess {
  readonly sql: SqlDialect;
  /** Rejects when the store is not open; another one after it was opened again. */
  opened(): Promise<OpenDatabase>;
}
