import type { AccountStatements } from './account-statements.js';

export type Row = Record<string, unknown>;

export interface Outcome {
  readonly rows: readonly Row[];
  /** Rows that were inserted, changed or removed. */
  readonly changed: number;
}

/** One statement, with `?` for each value. The first value is never a Buffer: libsql takes it for named ones and aborts. */
export type Run = (sql: string, values?: readonly unknown[]) => Promise<Outcome>;

/**
 * A database that accounts are kept in, on connections of its own. Every call has a deadline and rejects with a PushError,
 * retryable where the database does not answer: one that is gone is an answer, never a crash and never a hang, and the
 * next call finds it again when it is back.
 */
export interface AccountMedium {
  readonly sql: AccountStatements;
  /** Connects, waiting for a database that is not there yet, and brings the tables up to date. Rejects with what the driver threw. */
  open(): Promise<void>;
  /** Within a second, whatever the database does. Idempotent. */
  close(): Promise<void>;
  /** One statement, durable when it resolves. */
  readonly run: Run;
  /** In one transaction, whole or not at all, while no other node is in one of its own. */
  alone<T>(unit: (run: Run) => Promise<T>): Promise<T>;
}
