import { createIds, PushError, type Store } from 'push-core';
import type { DataSource } from 'typeorm';
import { sqliteLocation, type DatabaseLocation, type SqliteLocation } from './database-location.js';
import { sqliteDialect, type SqliteDialect } from './dialects/sqlite.js';
import { connectSqlite, driverOf } from './open-sqlite.js';
import { SqliteConnection } from './sqlite-connection.js';
import type { OpenDatabase, StoreAccess } from './store-access.js';
import { isBusy, toStoreError } from './store-errors.js';
import { DEFAULT_PREFIX, tableNames } from './table-names.js';
import { TypeOrmAccess } from './typeorm-access.js';
import { TypeOrmCursors } from './typeorm-cursors.js';
import { TypeOrmDevices } from './typeorm-devices.js';
import { TypeOrmMessages } from './typeorm-messages.js';
import { TypeOrmPresence } from './typeorm-presence.js';
import { TypeOrmReads } from './typeorm-reads.js';
import { TypeOrmTopics } from './typeorm-topics.js';

export interface TypeOrmStoreOptions {
  /** Table names begin with it. Default `push_`. */
  readonly tablePrefix?: string;
  /** How long a lock held by another connection is waited for, before STORE_UNAVAILABLE. Default 5000. */
  readonly lockTimeoutMs?: number;
}

interface OwnDatabase extends OpenDatabase {
  readonly dataSource: DataSource;
}

/**
 * A store in a database, through TypeORM. Migrations run when it opens. Writes are one transaction each, on disk when
 * they resolve. Several processes may use one file; the engine expects one.
 *
 * closed → (open) opening → open → (close) closed. What is called in another state than open rejects, apart from
 * `open` and `close` themselves.
 */
export class TypeOrmStore implements Store {
  readonly tablePrefix: string;
  readonly messages: TypeOrmMessages;
  readonly cursors: TypeOrmCursors;
  readonly devices: TypeOrmDevices;
  readonly topics: TypeOrmTopics;
  readonly reads: TypeOrmReads;
  readonly presence: TypeOrmPresence;
  readonly access: TypeOrmAccess;
  private readonly location: SqliteLocation;
  private readonly sql: SqliteDialect;
  private readonly lockTimeoutMs: number;
  private opening?: Promise<void>;
  private database?: OwnDatabase;

  constructor(location: DatabaseLocation, options: TypeOrmStoreOptions = {}) {
    this.location = sqliteLocation(location);
    this.tablePrefix = options.tablePrefix ?? DEFAULT_PREFIX;
    this.lockTimeoutMs = options.lockTimeoutMs ?? 5000;
    this.sql = sqliteDialect(tableNames(this.tablePrefix));
    const access: StoreAccess = {
      sql: this.sql,
      opened: async () => {
        if (!this.database) throw new PushError('STORE_UNAVAILABLE', 'The store is not open');
        return this.database;
      },
    };
    this.messages = new TypeOrmMessages(access);
    this.cursors = new TypeOrmCursors(access);
    this.devices = new TypeOrmDevices(access);
    this.topics = new TypeOrmTopics(access);
    this.reads = new TypeOrmReads(access);
    this.presence = new TypeOrmPresence(access);
    this.access = new TypeOrmAccess(access);
  }

  open(): Promise<void> {
    this.opening ??= this.connect().catch((error: unknown) => {
      this.opening = undefined;
      throw toStoreError(error);
    });
    return this.opening;
  }

  async close(): Promise<void> {
    await this.opening?.catch(() => {});
    const { database } = this;
    this.database = this.opening = undefined;
    if (!database) return;
    await database.connection.end();
    await database.dataSource.destroy();
  }

  private async connect(): Promise<void> {
    const dataSource = await this.patiently(() => connectSqlite(this.location, this.tablePrefix));
    try {
      await this.patiently(() => dataSource.runMigrations({ transaction: 'all' }));
      const connection = new SqliteConnection(driverOf(dataSource), this.lockTimeoutMs);
      this.database = { dataSource, connection, epoch: await this.loadEpoch(connection) };
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
  }

  private async loadEpoch(connection: SqliteConnection): Promise<string> {
    const [known] = await connection.read((run) => run(this.sql.epoch));
    if (known) return known.value as string;
    const [row] = await connection.write((run) => {
      run(this.sql.initEpoch, [createIds().epoch()]);
      return run(this.sql.epoch);
    });
    return row?.value as string;
  }

  /** Another process may be opening the same file. */
  private async patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (const deadline = performance.now() + this.lockTimeoutMs; ;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/**
 * A store in a SQLite file, by its url or by the DataSource of a host that has its own tables there. Throws PushError
 * INVALID or NOT_SUPPORTED; nothing is opened before `open`.
 */
export const createTypeOrmStore = (location: DatabaseLocation, options?: TypeOrmStoreOptions): TypeOrmStore =>
  new TypeOrmStore(location, options);
