import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';
import { pushEntities } from '../entities/push-entities.js';
import { tableNames } from '../table-names.js';
import type { SqliteDriver } from './driver.js';
import type { SqliteLocation } from './location.js';
import { sqliteMigrations } from './migrations.js';

/** TypeORM and the driver are optional peers: nothing is loaded before a store is opened. */
async function loadPeers(driver: unknown): Promise<{ typeorm: typeof import('typeorm'); driver: unknown }> {
  try {
    const typeorm = await import('typeorm');
    if (driver) return { typeorm, driver };
    const libsql = (await import('libsql')) as { default?: unknown };
    return { typeorm, driver: libsql.default ?? libsql };
  } catch (cause) {
    throw new PushError('INTERNAL', 'The SQLite store needs two packages: npm install typeorm libsql', { cause });
  }
}

/** Connects with the settings the store's promises rest on; folders of the path are made. */
export async function connectSqlite(location: SqliteLocation, tablePrefix: string): Promise<DataSource> {
  const names = tableNames(tablePrefix);
  const { typeorm, driver } = await loadPeers(location.driver);
  const dataSource = new typeorm.DataSource({
    type: 'better-sqlite3',
    driver,
    database: location.path,
    // A lock is waited for outside the driver, which would stop the whole process meanwhile.
    timeout: 0,
    prepareDatabase: (database: SqliteDriver) => {
      database.exec('PRAGMA busy_timeout = 0');
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
      database.exec('PRAGMA cache_size = -16000');
      database.exec('PRAGMA journal_size_limit = 67108864');
    },
    synchronize: false,
    logging: false,
    entities: pushEntities(tablePrefix),
    migrations: sqliteMigrations(names),
    migrationsTableName: names.migrations,
  });
  await dataSource.initialize();
  return dataSource;
}
