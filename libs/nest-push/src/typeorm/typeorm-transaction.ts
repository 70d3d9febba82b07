import { PushError, type AppendOutcome, type AppendRequest, type HostTransaction } from 'push-core';
import type { EntityManager, QueryRunner } from 'typeorm';
import { appendSteps } from './append-steps.js';
import { CommitWatcher } from './commit-watcher.js';
import { DATABASES, type DatabaseSupport } from './database-kinds.js';
import { kindOfDataSource } from './database-location.js';
import type { Row } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';
import { awaitSteps, type Steps } from './steps.js';
import { toStoreError } from './store-errors.js';
import { tableNames } from './table-names.js';

const SAVEPOINT = 'push_append';
/** How often an append is told anew when somebody else was first to use a key or an id. */
const ATTEMPTS = 3;
/** The whole numbers an append asks for. */
const NUMBERS = ['at', 'accepted_at', 'held_until', 'head'];

/** A TypeORM `EntityManager`, of whichever copy of TypeORM the host uses. */
export interface TransactionManager {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/**
 * The transaction `manager` is in (as `dataSource.transaction((manager) => …)` hands it out), for publishing inside it.
 * The DataSource must be on the database of the store, which must have been opened before.
 *
 * While the transaction is open it holds the streams it published to, in SQLite the whole file: keep it short, and do
 * not wait in it for something that is published outside of it. It may be refused with STORE_UNAVAILABLE where another
 * write came in between (SQLite, when it had read before its first write) or where two wait for each other: run it again.
 *
 * Throws PushError INVALID when the manager is not inside a transaction, NOT_SUPPORTED for another kind of database.
 */
export function typeOrmTransaction(
  manager: TransactionManager,
  options: { /** As the store's. Default `push_`. */ readonly tablePrefix?: string } = {},
): HostTransaction {
  const queryRunner = activeRunner(manager);
  const support = DATABASES[kindOfDataSource(queryRunner.dataSource)];
  const sql = support.dialect(tableNames(options.tablePrefix));
  const watcher = CommitWatcher.of(queryRunner.dataSource);
  return {
    append: (requests) =>
      watcher.inLine(queryRunner, () => {
        activeRunner(manager);
        return appendIn(queryRunner, support, sql, requests).catch((error: unknown) => {
          throw support.diagnose(error) === 'no-table' ? noTables(error) : toStoreError(error, support.diagnose);
        });
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

/**
 * A savepoint keeps it whole: a host that catches the error and goes on commits nothing of it. In Postgres a failed
 * statement leaves the transaction unusable until it is rolled back to there.
 */
async function appendIn(
  queryRunner: QueryRunner,
  { isLostRace }: DatabaseSupport,
  sql: SqlDialect,
  requests: readonly AppendRequest[],
): Promise<readonly AppendOutcome[]> {
  const run = async (text: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    // What a bare `query` answers to a writing statement differs from driver to driver.
    const { records } = await queryRunner.query(text, [...parameters], true);
    return ((records as Row[] | undefined) ?? []).map(withNumbers);
  };
  for (let attempt = 1; ; attempt++) {
    await run(`SAVEPOINT ${SAVEPOINT}`);
    try {
      const outcomes = await awaitSteps(hostSteps(sql, requests), (one) => run(one.sql, one.parameters));
      await run(`RELEASE SAVEPOINT ${SAVEPOINT}`);
      return outcomes;
    } catch (error) {
      // The database may have ended the whole transaction already, and the savepoint with it.
      const alive = await run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
        .then(() => run(`RELEASE SAVEPOINT ${SAVEPOINT}`))
        .then(
          () => true,
          () => false,
        );
      if (!alive || attempt === ATTEMPTS || !isLostRace(error)) throw error;
    }
  }
}

/** A host's driver may answer large integers as texts. */
function withNumbers(row: Row): Row {
  for (const name of NUMBERS) if (typeof row[name] === 'string') row[name] = Number(row[name]);
  return row;
}

function* hostSteps(sql: SqlDialect, requests: readonly AppendRequest[]): Steps<AppendOutcome[]> {
  const [epoch] = yield* sql.epoch();
  if (!epoch) throw noTables(undefined);
  return yield* appendSteps(sql, epoch.value as string, requests);
}

const noTables = (cause: unknown): PushError =>
  new PushError(
    'INVALID',
    'The push tables are not in the database of this transaction: open the store on the same database and with the same tablePrefix first',
    { field: 'transaction', cause },
  );
