import { setTimeout as delay } from 'node:timers/promises';
import { PushError, systemClock, type Clock } from 'push-core';
import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { troubleOf } from '../database-trouble.js';
import type { AccountMedium, Run } from './account-medium.js';
import type { AccountStatements } from './account-statements.js';
import { toAccountsError } from './accounts-error.js';
import type { ServerDialect } from './server-dialect.js';

export interface ServerMediumSettings {
  readonly url: string;
  /** How long a database that is not there yet is waited for. Milliseconds. */
  readonly waitMs: number;
  /** How long a call may take, waiting for a connection included. Milliseconds, default 5000. */
  readonly deadlineMs?: number;
  /** The same for what waits for other nodes. Milliseconds, default 30000. */
  readonly aloneDeadlineMs?: number;
  readonly clock?: Clock;
}

/** Few questions are asked, since answers are remembered for a while. */
const CONNECTIONS = 2;
const RETRY_MS = 250;
const END_MS = 500;

/**
 * A database server, through a small pool of its own.
 *
 * A call takes a connection, does its work and gives it back. When its time is over the connection is cut, so that
 * neither the call nor the pool waits for a server that has stopped; so is one whose transaction could not be ended.
 */
export class ServerMedium<Connection> implements AccountMedium {
  readonly sql: AccountStatements;
  private source: DataSource | undefined;
  private readonly deadlineMs: number;
  private readonly clock: Clock;

  constructor(
    private readonly dialect: ServerDialect<Connection>,
    private readonly settings: ServerMediumSettings,
  ) {
    this.sql = dialect.sql;
    this.deadlineMs = settings.deadlineMs ?? 5_000;
    this.clock = settings.clock ?? systemClock;
  }

  async open(): Promise<void> {
    const until = this.clock.elapsed() + this.settings.waitMs;
    for (;;) {
      try {
        this.source = await this.connect();
        return await this.exclusively((runner) => migrate(runner));
      } catch (error) {
        await this.close();
        const trouble = troubleOf(error);
        if ((trouble !== 'unreachable' && trouble !== 'busy') || this.clock.elapsed() + RETRY_MS > until) throw error;
      }
      await delay(RETRY_MS);
    }
  }

  async close(): Promise<void> {
    const { source } = this;
    this.source = undefined;
    if (source) await Promise.race([source.destroy().catch(() => {}), delay(END_MS, undefined, { ref: false })]);
  }

  readonly run: Run = (sql, values = []) =>
    this.onConnection(this.deadlineMs, (_runner, run) => run(sql, values)).catch(toAccountsError);

  alone<T>(unit: (run: Run) => Promise<T>): Promise<T> {
    return this.exclusively((_runner, run) => unit(run)).catch(toAccountsError);
  }

  private async connect(): Promise<DataSource> {
    const source = new DataSource(this.dialect.options(this.settings.url, CONNECTIONS, this.deadlineMs));
    return source.initialize();
  }

  private exclusively<T>(unit: (runner: QueryRunner, run: Run) => Promise<T>): Promise<T> {
    return this.onConnection(this.settings.aloneDeadlineMs ?? 30_000, async (runner, run) => {
      await this.dialect.enter(runner, run);
      try {
        const result = await unit(runner, run);
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => {});
        throw error;
      } finally {
        // Where this fails the connection is gone, and what it held with it.
        await this.dialect.leave(run).catch(() => {});
      }
    });
  }

  private async onConnection<T>(deadlineMs: number, work: (runner: QueryRunner, run: Run) => Promise<T>): Promise<T> {
    if (!this.source) throw new PushError('STORE_UNAVAILABLE', 'The accounts are not open');
    const runner = this.source.createQueryRunner();
    const taking = runner.connect() as Promise<Connection>;
    const done = taking.then((connection) =>
      work(runner, (sql, values = []) => this.dialect.ask(connection, sql, values)),
    );
    // Also when the caller has long been told that it is too late.
    const cut = () => taking.then((connection) => this.dialect.cut(connection));
    void done
      .catch(cut)
      .then(() => runner.release())
      .catch(() => {});
    const timer = new AbortController();
    const late = delay(deadlineMs, undefined, { signal: timer.signal }).then(() => {
      void cut().catch(() => {});
      throw new PushError('STORE_UNAVAILABLE', 'The database did not answer in time', { retryAfterMs: 1000 });
    });
    late.catch(() => {});
    try {
      return await Promise.race([done, late]);
    } finally {
      timer.abort();
    }
  }
}

async function migrate(runner: QueryRunner): Promise<void> {
  const executor = new MigrationExecutor(runner.dataSource, runner);
  executor.transaction = 'none';
  await executor.executePendingMigrations();
}
