import type { SqlConnection } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';

/** A database that is open, from the first call to the close. */
export interface OpenDatabase {
  readonly connection: SqlConnection;
  readonly epoch: string;
  /** The epoch that this one carries on, where the store was restored from a backup. */
  readonly before?: string;
}

/** What names the lives of the store's streams. */
export type Epochs = Pick<OpenDatabase, 'epoch' | 'before'>;

/** What the parts of the store work with. */
export interface StoreAccess {
  readonly sql: SqlDialect;
  /** Rejects when the store is not open; another one after it was opened again. */
  opened(): Promise<OpenDatabase>;
}
