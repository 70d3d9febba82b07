import type { DataSource } from 'typeorm';
import type { DatabaseLocation } from '../database-location.js';
import type { Database, DatabaseSettings } from '../database.js';
import type { SqlConnection } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { toStoreError } from '../store-errors.js';
import { connectSqlite } from './connect.js';
import { SqliteConnection } from './connection.js';
import { sqliteDialect } from './dialect.js';
import { driverOf } from './driver.js';
import { diagnoseSqlite, isBusy } from './errors.js';
import { sqliteLocation, type SqliteLocation } from './location.js';

const BETWEEN_ATTEMPTS_MS = 25;

/** One file, one connection. */
class SqliteDatabase implements Database {
  readonly sql: SqlDialect;
  private dataSource?: DataSource;

  constructor(
    private readonly location: SqliteLocation,
    private readonly settings: DatabaseSettings,
  ) {
    this.sql = sqliteDialect(settings.names);
  }

  async open(): Promise<SqlConnection> {
    try {
      const dataSource = await this.patiently(() => connectSqlite(this.location, this.settings.tablePrefix));
      this.dataSource = dataSource;
      await this.patiently(() => dataSource.runMigrations({ transaction: 'all' }));
      return new SqliteConnection(driverOf(dataSource), this.settings);
    } catch (error) {
      await this.close();
      throw toStoreError(error, diagnoseSqlite);
    }
  }

  async close(): Promise<void> {
    const { dataSource } = this;
    this.dataSource = undefined;
    await dataSource?.destroy();
  }

  /** Another process may be opening the same file. */
  private async patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (const deadline = performance.now() + this.settings.lockTimeoutMs; ;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
    }
  }
}

/** Throws PushError INVALID where the location is no file. */
export const sqliteDatabase = (location: DatabaseLocation, settings: DatabaseSettings): Database =>
  new SqliteDatabase(sqliteLocation(location), settings);
