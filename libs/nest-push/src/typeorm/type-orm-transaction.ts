import { isPushError, PushError, type HostTransaction } from 'push-core';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Sql } from './sql.js';
import { append } from './sqlite/append.js';
import { classify } from './sqlite/classify.js';
import { DEFAULT_PREFIX, tablesWith } from './tables.js';

interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** The slice of a host's `EntityManager` that is used. */
export type TransactionManager = Queryable & { readonly queryRunner?: QueryRunner; readonly connection?: DataSource };

const AFTER_COMMIT = Symbol.for('push.afterCommit');
type Waiting = QueryRunner & { [AFTER_COMMIT]?: (() => void)[] };

/**
 * The host's own transaction, for `publish(…, { manager })`: message and chat row commit together or not at all.
 * The host's DataSource is on the database the store is on.
 */
export function typeOrmTransaction(given: Queryable, options: { tablePrefix?: string } = {}): HostTransaction {
  const manager = given as TransactionManager;
  const tables = tablesWith(options.tablePrefix ?? DEFAULT_PREFIX);
  const runner = manager.queryRunner as Waiting | undefined;
  if (!runner?.isTransactionActive || !manager.connection) {
    throw new PushError(
      'INVALID',
      'The manager is not inside a transaction; use the one that dataSource.transaction() hands you',
      { field: 'manager' },
    );
  }
  listenTo(manager.connection);
  const sql: Sql = {
    all: async (text, parameters = []) => (await manager.query(text, [...parameters])) as Record<string, unknown>[],
  };
  return {
    async append(requests) {
      try {
        return await append(sql, tables, requests);
      } catch (error) {
        const classified = classify((error as { driverError?: unknown }).driverError ?? error);
        throw isPushError(classified) ? classified : error;
      }
    },
    onCommit: (run) => void (runner[AFTER_COMMIT] ??= []).push(run),
  };
}

/** Once a DataSource: what waits for a commit runs after it, and is forgotten after a rollback. */
function listenTo(source: DataSource & { [AFTER_COMMIT]?: true }): void {
  if (source[AFTER_COMMIT]) return;
  source[AFTER_COMMIT] = true;
  const take = ({ queryRunner }: { queryRunner: Waiting }): (() => void)[] => {
    const waiting = queryRunner[AFTER_COMMIT] ?? [];
    queryRunner[AFTER_COMMIT] = undefined;
    return waiting;
  };
  source.subscribers.push({
    afterTransactionCommit: (event) => {
      for (const run of take(event)) run();
    },
    afterTransactionRollback: (event) => void take(event),
  });
}
