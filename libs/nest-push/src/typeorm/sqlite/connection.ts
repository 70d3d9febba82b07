import { PushError } from 'push-core';
import type { Row, SqlConnection } from '../sql-connection.js';
import { runSteps, type Steps } from '../steps.js';
import { toStoreError } from '../store-errors.js';
import type { SqliteDriver, SqliteStatement } from './driver.js';
import { diagnoseSqlite, isBusy } from './errors.js';

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/** How long is waited. Milliseconds. */
export interface SqlitePatience {
  /** For a lock that another connection holds. */
  readonly lockTimeoutMs: number;
  /** For that and for the writes before it in line. */
  readonly deadlineMs: number;
}

/**
 * One connection, which nobody else has.
 *
 * A unit of work is a transaction that runs from BEGIN to COMMIT without giving up the event loop, so two units can
 * never mix, and none is cut in half. What may have to wait is only its beginning: another connection (the host's own
 * transaction, another process) holds the write lock. Waiting gives the event loop back, because the holder may be a
 * transaction of this same process. Writes wait in line and keep their order. Reads wait for no one: in WAL mode they
 * see the last commit.
 */
export class SqliteConnection implements SqlConnection {
  private readonly statements = new Map<string, { statement: SqliteStatement; reader: boolean }>();
  private line: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly driver: SqliteDriver,
    private readonly patience: SqlitePatience,
  ) {}

  write<T>(unit: () => Steps<T>): Promise<T> {
    const deadline = performance.now() + this.patience.deadlineMs;
    const turn = this.line.then(() => this.patiently(() => this.transaction('BEGIN IMMEDIATE', unit), deadline));
    this.line = turn.catch(() => {});
    return turn;
  }

  read<T>(unit: () => Steps<T>): Promise<T> {
    return this.patiently(() => this.transaction('BEGIN', unit));
  }

  /** A third of the price of `read`. */
  query<T>(unit: () => Steps<T>): Promise<T> {
    return this.patiently(() => {
      this.mustBeOpen();
      return runSteps(unit(), this.run);
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

  private readonly run = (sql: string, parameters: readonly unknown[]): Row[] => {
    let known = this.statements.get(sql);
    if (!known) {
      const statement = this.driver.prepare(sql);
      this.statements.set(sql, (known = { statement, reader: statement.reader }));
    }
    if (known.reader) return known.statement.all(parameters) as Row[];
    known.statement.run(parameters);
    return [];
  };

  private transaction<T>(begin: string, unit: () => Steps<T>): T {
    this.mustBeOpen();
    // Not prepared: a prepared BEGIN that finds the database locked stays half-done, and no later COMMIT succeeds.
    this.driver.exec(begin);
    try {
      const result = runSteps(unit(), this.run);
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

  /** At least once, however late it is: what is tried at once costs nobody anything. */
  private async patiently<T>(attempt: () => T, deadline = Infinity): Promise<T> {
    const latest = Math.min(deadline, performance.now() + this.patience.lockTimeoutMs);
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return attempt();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= latest) throw toStoreError(error, diagnoseSqlite);
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
