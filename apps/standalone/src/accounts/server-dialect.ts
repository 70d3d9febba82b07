import type { DataSourceOptions, QueryRunner } from 'typeorm';
import type { AccountStatements } from './account-statements.js';
import type { Outcome, Run } from './account-medium.js';

/** What differs between database servers. `Connection` is the driver's. */
export interface ServerDialect<Connection> {
  readonly sql: AccountStatements;
  options(url: string, connections: number, connectTimeoutMs: number): DataSourceOptions;
  ask(connection: Connection, sql: string, values: readonly unknown[]): Promise<Outcome>;
  /** Ends the connection without a word: what waits for it fails now. */
  cut(connection: Connection): void;
  /** Begins a transaction that no other node has until `leave`. Waits for them. */
  enter(runner: QueryRunner, run: Run): Promise<void>;
  /** After the commit or the rollback. */
  leave(run: Run): Promise<void>;
}
