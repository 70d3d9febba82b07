import type { DataSource } from 'typeorm';

/** The slice of a synchronous SQLite driver (`libsql`, `better-sqlite3`) that is needed. */
export interface SqliteDriver {
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
}

export interface SqliteStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown[];
  run(parameters: readonly unknown[]): unknown;
}

/** The connection itself, for statements without TypeORM in between. */
export const driverOf = (dataSource: DataSource): SqliteDriver =>
  (dataSource.driver as unknown as { databaseConnection: SqliteDriver }).databaseConnection;
