import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';
import { Mutex } from '../mutex.js';
import { pushMigrations } from '../migrations/index.js';
import type { Parameter, Row, Sql } from '../sql.js';
import type { Tables } from '../tables.js';
import { classify, isBusy } from './classify.js';

/** The slice of libsql (and better-sqlite3) that is used. */
interface Statement {
  readonly reader: boolean;
  all(...parameters: Parameter[]): Row[];
  run(...parameters: Parameter[]): unknown;
}
interface Database {
  prepare(sql: string): Statement;
  exec(sql: string): unknown;
  pragma(sql: string): unknown;
}

/** A host's transaction in this process may hold the write lock that long. */
const BUSY_DEADLINE_MS = 5000;
const BUSY_PAUSE_MS = 5;

/**
 * The store's own connection to a SQLite file. SQLite's drivers share one connection among all callers, so every unit
 * of work, a read too, waits for its turn. Work runs on the driver itself: a statement is a call without a round trip.
 */
export class SqliteConnection {
  private readonly mutex = new Mutex();
  private readonly statements = new Map<string, Statement>();
  private source?: DataSource;
  private database?: Database;

  constructor(
    private readonly path: string,
    private readonly tables: Tables,
    private readonly tablePrefix: string,
  ) {}

  open(): Promise<void> {
    return this.mutex.run(async () => {
      if (this.database) return;
      const source = await createDataSource(this.path, this.tables, this.tablePrefix);
      try {
        await this.patiently(async () => {
          if (!source.isInitialized) await source.initialize();
          await source.runMigrations({ transaction: 'each' });
        });
      } catch (error) {
        if (source.isInitialized) await source.destroy();
        throw classify(error);
      }
      this.source = source;
      this.database = (source.driver as unknown as { databaseConnection: Database }).databaseConnection;
    });
  }

  close(): Promise<void> {
    return this.mutex.run(async () => {
      const { source } = this;
      this.source = undefined;
      this.database = undefined;
      this.statements.clear();
      await source?.destroy();
    });
  }

  /** One or more statements that see and change the same state; rolled back whole when `work` throws. */
  write<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.mutex.run(async () => {
      const database = this.opened();
      await this.patiently(() => Promise.resolve(database.exec('BEGIN IMMEDIATE'))).catch((error: unknown) => {
        throw classify(error);
      });
      try {
        const result = await work(this.sql);
        database.exec('COMMIT');
        return result;
      } catch (error) {
        rollBack(database);
        throw classify(error);
      }
    });
  }

  read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.mutex.run(async () => {
      this.opened();
      try {
        return await work(this.sql);
      } catch (error) {
        throw classify(error);
      }
    });
  }

  private readonly sql: Sql = {
    all: async (text, parameters = []) => {
      let statement = this.statements.get(text);
      if (!statement) this.statements.set(text, (statement = this.opened().prepare(text)));
      if (statement.reader) return statement.all(...parameters);
      statement.run(...parameters);
      return [];
    },
  };

  private opened(): Database {
    if (!this.database) throw new PushError('STORE_UNAVAILABLE', 'The store is not open');
    return this.database;
  }

  /**
   * Waits without blocking the process: the lock may belong to a transaction of the host that needs this very event loop
   * to go on. SQLite's own busy timeout would wait for it for ever.
   */
  private async patiently<T>(attempt: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + BUSY_DEADLINE_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
      }
    }
  }
}

/** SQLite rolls back by itself after some errors; then there is nothing left to do. */
function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    return;
  }
}

async function createDataSource(path: string, tables: Tables, tablePrefix: string): Promise<DataSource> {
  const { typeorm, libsql } = await loadPeers();
  return new typeorm.DataSource({
    type: 'better-sqlite3',
    driver: libsql,
    database: path,
    synchronize: false,
    migrations: pushMigrations(tablePrefix),
    migrationsTableName: tables.migrations,
    prepareDatabase: (database: Database) => {
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('busy_timeout = 0');
    },
  });
}

async function loadPeers(): Promise<{ typeorm: typeof import('typeorm'); libsql: unknown }> {
  try {
    const [typeorm, libsql] = await Promise.all([import('typeorm'), import('libsql')]);
    return { typeorm, libsql: libsql.default };
  } catch (cause) {
    throw new Error('The SQLite store needs TypeORM and libsql: npm install typeorm libsql', { cause });
  }
}
