import { PushError } from 'push-core';
import { isBusy, toStoreError } from './store-errors.js';

export type Row = Record<string, unknown>;

/** Runs one statement with positional parameters; rows where it returns any. */
export type Run = (sql: string, parameters?: readonly unknown[]) => Row[];

/** The slice of a synchronous SQLite driver (`libsql`, `better-sqlite3`) that is needed. */
export interface SqliteDriver {
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
}
interface SqliteStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown[];
  run(parameters: readonly unknown[]): unknown;
}

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;
/** How long a lock that another connection holds is waited for. */
const BUSY_DEADLINE_MS = 5000;

/**
 * One connection, which nobody else has.
 *
 * A unit of work is a transaction that runs from BEGIN to COMMIT without giving up the event loop, so two units can
 * never mix, and none is cut in half. What may have to wait is only its beginning: another connection (the host's own
 * transaction, another process) holds the write lock. Waiting gives the event loop back, because the holder may be a
 * transaction of this same process. Writes wait in line and keep their order. Reads wait for no one: in WAL mode they
 * see the last commit.
 */
export class SqliteConnection {
  private readonly statements = new Map<string, { statement: SqliteStatement; reader: boolean }>();
  private line: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly driver: SqliteDriver,
    private readonly busyDeadlineMs = BUSY_DEADLINE_MS,
  ) {}

  /** Atomic, and durable when it resolves. `unit` may run again from the start; it must not wait for anything. */
  write<T>(unit: (run: Run) => T): Promise<T> {
    const turn = this.line.then(() => this.patiently(() => this.transaction('BEGIN IMMEDIATE', unit)));
    this.line = turn.catch(() => {});
    return turn;
  }

  /** One consistent view of the database for the whole unit. */
  read<T>(unit: (run: Run) => T): Promise<T> {
    return this.patiently(() => this.transaction('BEGIN', unit));
  }

  /** One statement that reads: a view of its own by itself, at a third of the price of a unit. */
  query(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.patiently(() => {
      this.mustBeOpen();
      return this.run(sql, parameters);
    });
  }

  /** Nothing new from now on; resolves when what was asked for is over. */
  async end(): Promise<void> {
    await this.line;
    if (this.closed) return;
    this.closed = true;
    this.statements.clear();
    try {
      // Leaves everything in the one file, for whoever copies it.
      this.driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Somebody else still reads; what is in the log is as safe there.
    }
  }

  private readonly run: Run = (sql, parameters = []) => {
    let known = this.statements.get(sql);
    if (!known) {
      const statement = this.driver.prepare(sql);
      this.statements.set(sql, (known = { statement, reader: statement.reader }));
    }
    if (known.reader) return known.statement.all(parameters) as Row[];
    known.statement.run(parameters);
    return [];
  };

  private transaction<T>(begin: string, unit: (run: Run) => T): T {
    this.mustBeOpen();
    // Not prepared: a prepared BEGIN that finds the database locked stays half-done, and no later COMMIT succeeds.
    this.driver.exec(begin);
    try {
      const result = unit(this.run);
      this.driver.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk and some I/O errors end the transaction by themselves.
      if (this.driver.inTransaction) this.driver.exec('ROLLBACK');
      throw error;
    }
  }

  private mustBeOpen(): void {
    if (this.closed) throw new PushError('STORE_UNAVAILABLE', 'The store is closed');
  }

  private async patiently<T>(attempt: () => T): Promise<T> {
    let waitMs = FIRST_WAIT_MS;
    for (const deadline = performance.now() + this.busyDeadlineMs; ;) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw toStoreError(error);
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}
