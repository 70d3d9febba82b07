import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { troubleOf } from '../database-trouble.js';
import type { AccountMedium, Outcome, Row, Run } from './account-medium.js';
import { MIGRATIONS_TABLE, sqliteMigrations } from './account-migrations.js';
import { STANDARD } from './account-statements.js';
import { toAccountsError } from './accounts-error.js';
import { Line } from './line.js';

const RETRY_MS = 15;
const GIVE_UP_MS = 5_000;

/**
 * The SQLite file of the messages, on a connection of its own. What is asked for is done one after the other, and waits
 * for the other connection's transaction in this process without blocking the loop that has to finish it: hence no busy
 * timeout.
 */
export class SqliteMedium implements AccountMedium {
  readonly sql = STANDARD;
  private readonly source: DataSource;
  private readonly line = new Line();

  constructor(private readonly path: string) {
    this.source = new DataSource({
      type: 'better-sqlite3',
      driver: createRequire(import.meta.url)('libsql') as unknown,
      database: path,
      timeout: 0,
      migrations: sqliteMigrations,
      migrationsTableName: MIGRATIONS_TABLE,
      prepareDatabase: (database: { pragma(text: string): unknown }) => {
        database.pragma('journal_mode = WAL');
        database.pragma('synchronous = FULL');
        database.pragma('foreign_keys = ON');
      },
    });
  }

  async open(): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true });
    await this.source.initialize();
    await this.source.runMigrations({ transaction: 'all' });
  }

  async close(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  readonly run: Run = (sql, values = []) => this.line.alone(() => this.patiently(sql, values)).catch(toAccountsError);

  alone<T>(unit: (run: Run) => Promise<T>): Promise<T> {
    const run: Run = (sql, values = []) => this.patiently(sql, values);
    return this.line
      .alone(async () => {
        await run('BEGIN IMMEDIATE');
        try {
          const result = await unit(run);
          await run('COMMIT');
          return result;
        } catch (error) {
          await run('ROLLBACK').catch(() => {});
          throw error;
        }
      })
      .catch(toAccountsError);
  }

  private async patiently(sql: string, values: readonly unknown[]): Promise<Outcome> {
    for (let waited = 0; ; waited += RETRY_MS) {
      try {
        return await ask(this.source.createQueryRunner(), sql, values);
      } catch (error) {
        if (troubleOf(error) !== 'busy' || waited >= GIVE_UP_MS) throw error;
        await delay(RETRY_MS);
      }
    }
  }
}

/** SQLite's runner is shared and needs no release. */
async function ask(runner: QueryRunner, sql: string, values: readonly unknown[]): Promise<Outcome> {
  const { records, affected } = await runner.query(sql, [...values], true);
  return { rows: (records ?? []) as Row[], changed: affected ?? 0 };
}
