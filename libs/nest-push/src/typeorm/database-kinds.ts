import type { MigrationInterface } from 'typeorm';
import type { DatabaseKind, DatabaseLocation } from './database-location.js';
import type { Database, DatabaseSettings } from './database.js';
import { mysqlDatabase } from './mysql/database.js';
import { mysqlDialect } from './mysql/dialect.js';
import { diagnoseMysql, isLockTimeout, isLostRace as isLostInMysql } from './mysql/errors.js';
import { mysqlMigrations } from './mysql/migrations.js';
import { postgresDatabase } from './postgres/database.js';
import { postgresDialect } from './postgres/dialect.js';
import { diagnosePostgres, isLostRace as isLostInPostgres } from './postgres/errors.js';
import { postgresMigrations } from './postgres/migrations.js';
import type { SqlDialect } from './sql-dialect.js';
import { sqliteDatabase } from './sqlite/database.js';
import { sqliteDialect } from './sqlite/dialect.js';
import { diagnoseSqlite } from './sqlite/errors.js';
import { sqliteMigrations } from './sqlite/migrations.js';
import type { Diagnosis } from './store-errors.js';
import type { TableNames } from './table-names.js';

/** What the store knows of one kind of database. Nothing of it loads a driver. */
export interface DatabaseSupport {
  /** Throws PushError INVALID where the location cannot be. */
  readonly database: (location: DatabaseLocation, settings: DatabaseSettings) => Database;
  /** The statements alone, for a connection of the host's. */
  readonly dialect: (names: TableNames) => SqlDialect;
  readonly diagnose: (thrown: unknown) => Diagnosis;
  /** Somebody else came first; told again at once, the same unit may succeed. */
  readonly isLostRace: (thrown: unknown) => boolean;
  /** Oldest first. */
  readonly migrations: (names: TableNames) => (new () => MigrationInterface)[];
}

export const DATABASES: Readonly<Record<DatabaseKind, DatabaseSupport>> = {
  sqlite: {
    database: sqliteDatabase,
    dialect: sqliteDialect,
    diagnose: diagnoseSqlite,
    isLostRace: () => false,
    migrations: sqliteMigrations,
  },
  postgres: {
    database: postgresDatabase,
    dialect: postgresDialect,
    diagnose: diagnosePostgres,
    isLostRace: isLostInPostgres,
    migrations: postgresMigrations,
  },
  mysql: {
    database: mysqlDatabase,
    dialect: mysqlDialect,
    diagnose: diagnoseMysql,
    isLostRace: (thrown) => isLostInMysql(thrown) && !isLockTimeout(thrown),
    migrations: mysqlMigrations,
  },
};
