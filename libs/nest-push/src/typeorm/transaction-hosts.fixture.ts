import type { DataSourceOptions } from 'typeorm';
import { temporaryDatabase } from './mysql/mysql-harness.fixture.js';
import { POSTGRES_URL, temporarySchema } from './postgres/postgres-harness.fixture.js';
import { temporaryFolder } from './sqlite/sqlite-harness.fixture.js';

/** A database that a host and the store share. */
export interface HostPlace {
  /** The store's. */
  readonly url: string;
  readonly options: DataSourceOptions;
  /** The n-th parameter of a statement. */
  readonly parameter: (n: number) => string;
  readonly remove: () => Promise<void>;
}

async function inSqlite(): Promise<HostPlace> {
  const { file, remove } = await temporaryFolder();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const driver: unknown = require('libsql');
  const options: DataSourceOptions = { type: 'better-sqlite3', driver, database: file };
  return { url: `sqlite:${file}`, options, parameter: () => '?', remove };
}

async function inPostgres(): Promise<HostPlace> {
  const { schema, url, ...place } = await temporarySchema();
  const remove = () => place.remove();
  const extra = { options: `-c search_path=${schema}` };
  return { url, options: { type: 'postgres', url: POSTGRES_URL, extra }, parameter: (n) => `$${n}`, remove };
}

async function inMariadb(): Promise<HostPlace> {
  const { url, drop } = await temporaryDatabase();
  return { url, options: { type: 'mariadb', url }, parameter: () => '?', remove: drop };
}

export const HOSTS = { SQLite: inSqlite, PostgreSQL: inPostgres, MariaDB: inMariadb };
