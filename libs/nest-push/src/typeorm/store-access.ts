import type { SqliteDialect } from './dialects/sqlite.js';
import type { SqliteConnection } from './sqlite-connection.js';

/** What the parts of the store work with. The connection changes when the store is opened again. */
export interface StoreAccess {
  readonly sql: SqliteDialect;
  /** Rejects when the store is not open. */
  connection(): Promise<SqliteConnection>;
  /** Known once the store is open. */
  epoch(): string;
}
