import type { SqliteDialect } from './dialects/sqlite.js';
import type { SqliteConnection } from './sqlite-connection.js';

/** A database that is open, from the first call to the close. */
export interface OpenDatabase {
  readonly connection: SqliteConnection;
  readonly epoch: string;
}

/** What the parts of the store work with. */
export interface StoreAccess {
  readonly sql: SqliteDialect;
  /** Rejects when the store is not open; another one after it was opened again. */
  opened(): Promise<OpenDatabase>;
}
