import { PushError, type AppendOutcome, type AppendRequest, type HostTransaction } from 'push-core';
import type { EntityManager, QueryRunner } from 'typeorm';
import { appendSteps } from './append-steps.js';
import { CommitWatcher } from './commit-watcher.js';
import { sqliteDialect, type SqliteDialect } from './dialects/sqlite.js';
import type { Row } from './sqlite-connection.js';
import { awaitSteps, step, type Steps } from './steps.js';
import { isMissingTable, toStoreError } from './store-errors.js';
import { tableNames } from './table-names.js';

const SAVEPOINT = 'push_append';

/** A TypeORM `EntityManager`, of whichever copy of TypeORM the host uses. */
export interface TransactionManager {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/**
 * The transaction `manager` is in (as `dataSource.transaction((manager) => …)` hands it out), for publishing inside it.
 * The DataSource must be on the database of the store, which must have been opened before.
 *
 * While the transaction is open it holds SQLite's one write lock: keep it short, and do not wait in it for something
 * that is published outside of it. A transaction that reads before its first write may be refused with
 * STORE_UNAVAILABLE when another write came in between: run it again.
 *
 * Throws PushError INVALID when the manager is not inside a transaction.
 */
export function typeOrmTransaction(
  manager: TransactionManager,
  options: { /** As the store's. Default `push_`. */ readonly tablePrefix?: string } = {},
): HostTransaction {
  const sql = sqliteDialect(tableNames(options.tablePrefix));
  const queryRunner = activeRunner(manager);
  const watcher = CommitWatcher.of(queryRunner.dataSource);
  return {
    append: (requests) =>
      watcher.inLine(queryRunner, () => {
        activeRunner(manager);
        return appendIn(queryRunner, sql, requests);
      }),
    onCommit: (run) => watcher.onCommit(activeRunner(manager), run),
  };
}

function activeRunner(manager: TransactionManager): QueryRunner {
  const { queryRunner } = manager as Partial<EntityManager>;
  if (queryRunner?.isTransactionActive) return queryRunner;
  throw new PushError(
    'INVALID',
    'The manager is not inside a transaction: pass the one that dataSource.transaction() hands to its callback',
    { field: 'transaction' },
  );
}

/** A savepoint keeps it whole: a host that catches the error and goes on commits nothing of it. */
async function appendIn(
  queryRunner: QueryRunner,
  sql: SqliteDialect,
  requests: readonly AppendRequest[],
): Promise<readonly AppendOutcome[]> {
  const run = async (text: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    const rows: unknown = await queryRunner.query(text, [...parameters]);
    return Array.isArray(rows) ? (rows as Row[]) : [];
  };
  try {
    await run(`SAVEPOINT ${SAVEPOINT}`);
    try {
      const outcomes = await awaitSteps(hostSteps(sql, requests), (one) => run(one.sql, one.parameters));
      await run(`RELEASE ${SAVEPOINT}`);
      return outcomes;
    } catch (error) {
      // The database may have ended the whole transaction already, and the savepoint with it.
      await run(`ROLLBACK TO ${SAVEPOINT}`).then(
        () => run(`RELEASE ${SAVEPOINT}`),
        () => {},
      );
      throw error;
    }
  } catch (error) {
    throw isMissingTable(error) ? noTables(error) : toStoreError(error);
  }
}

function* hostSteps(sql: SqliteDialect, requests: readonly AppendRequest[]): Steps<AppendOutcome[]> {
  const [epoch] = yield step(sql.epoch);
  if (!epoch) throw noTables(undefined);
  return yield* appendSteps(sql, epoch.value as string, requests);
}

const noTables = (cause: unknown): PushError =>
  new PushError(
    'INVALID',
    'The push tables are not in the database of this transaction: open the store on the same file and with the same tablePrefix first',
    { field: 'transaction', cause },
  );
