import { createIds, PushError, type Store } from 'push-core';
import { DATABASES } from './database-kinds.js';
import { kindOf, type DatabaseLocation } from './database-location.js';
import type { Database } from './database.js';
import type { SqlConnection } from './sql-connection.js';
import type { Epochs, OpenDatabase, StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';
import { DEFAULT_PREFIX, tableNames } from './table-names.js';
import { TypeOrmAccess } from './typeorm-access.js';
import { TypeOrmCursors } from './typeorm-cursors.js';
import { TypeOrmDevices } from './typeorm-devices.js';
import { TypeOrmErase } from './typeorm-erase.js';
import { TypeOrmJobs } from './typeorm-jobs.js';
import { TypeOrmLists } from './typeorm-lists.js';
import { TypeOrmMessages } from './typeorm-messages.js';
import { TypeOrmNotifications } from './typeorm-notifications.js';
import { TypeOrmPreferences } from './typeorm-preferences.js';
import { TypeOrmPresence } from './typeorm-presence.js';
import { TypeOrmReads } from './typeorm-reads.js';
import { TypeOrmSettings } from './typeorm-settings.js';
import { TypeOrmTopics } from './typeorm-topics.js';

export interface TypeOrmStoreOptions {
  /** Table names begin with it. Default `push_`. */
  readonly tablePrefix?: string;
  /** How long a lock held by another connection is waited for, before STORE_UNAVAILABLE. Milliseconds, default 5000. */
  readonly lockTimeoutMs?: number;
  /**
   * How long any one call may take, waiting for a free connection included, before STORE_UNAVAILABLE. Milliseconds,
   * default 5000.
   */
  readonly deadlineMs?: number;
  /** Connections at most, where the database has more than one (SQLite has one). Default 10. */
  readonly connections?: number;
  /** How long a database that is not there yet is waited for when the store opens. Milliseconds, default 15000. */
  readonly openTimeoutMs?: number;
}

/**
 * A store in a database, through TypeORM. Migrations run when it opens. Writes are one transaction each, on disk when
 * they resolve. Several engines may use one Postgres, MySQL or MariaDB; a SQLite file is one engine's.
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
  readonly jobs: TypeOrmJobs;
  readonly notifications: TypeOrmNotifications;
  readonly settings: TypeOrmSettings;
  readonly preferences: TypeOrmPreferences;
  readonly erase: TypeOrmErase;
  readonly lists: TypeOrmLists;
  private readonly database: Database;
  private opening?: Promise<void>;
  private current?: OpenDatabase;

  constructor(location: DatabaseLocation, options: TypeOrmStoreOptions = {}) {
    this.tablePrefix = options.tablePrefix ?? DEFAULT_PREFIX;
    this.database = DATABASES[kindOf(location)].database(location, {
      names: tableNames(this.tablePrefix),
      tablePrefix: this.tablePrefix,
      lockTimeoutMs: options.lockTimeoutMs ?? 5000,
      deadlineMs: options.deadlineMs ?? 5000,
      connections: options.connections ?? 10,
      openTimeoutMs: options.openTimeoutMs ?? 15_000,
    });
    const access: StoreAccess = { sql: this.database.sql, opened: async () => this.opened() };
    this.messages = new TypeOrmMessages(access);
    this.cursors = new TypeOrmCursors(access);
    this.devices = new TypeOrmDevices(access);
    this.topics = new TypeOrmTopics(access);
    this.reads = new TypeOrmReads(access);
    this.presence = new TypeOrmPresence(access);
    this.access = new TypeOrmAccess(access);
    this.jobs = new TypeOrmJobs(access);
    this.notifications = new TypeOrmNotifications(access);
    this.settings = new TypeOrmSettings(access);
    this.preferences = new TypeOrmPreferences(access);
    this.erase = new TypeOrmErase(access);
    this.lists = new TypeOrmLists(access);
  }

  async time(now: number): Promise<number> {
    const { connection } = this.opened();
    const [row] = await connection.query(() => this.database.sql.time());
    return row ? (row.now as number) : now;
  }

  open(): Promise<void> {
    this.opening ??= this.connect().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  async close(): Promise<void> {
    await this.opening?.catch(() => {});
    const { current } = this;
    this.current = this.opening = undefined;
    if (!current) return;
    await current.connection.end();
    await this.database.close();
  }

  private opened(): OpenDatabase {
    if (!this.current) throw new PushError('STORE_UNAVAILABLE', 'The store is not open');
    return this.current;
  }

  private async connect(): Promise<void> {
    const connection = await this.database.open();
    try {
      this.current = { connection, ...(await this.loadEpochs(connection)) };
    } catch (error) {
      await connection.end();
      await this.database.close();
      throw error;
    }
  }

  private async loadEpochs(connection: SqlConnection): Promise<Epochs> {
    const { sql } = this.database;
    const [known] = await connection.query(() => sql.epoch());
    if (known) {
      const [earlier] = await connection.query(() => sql.epochBefore());
      return { epoch: known.value as string, ...(earlier ? { before: earlier.value as string } : {}) };
    }
    const made = createIds().epoch();
    const epoch = await connection.write(function* (): Steps<string> {
      yield* sql.initEpoch(made);
      const [row] = yield* sql.epoch();
      return row?.value as string;
    });
    return { epoch };
  }
}

/**
 * A store in a database, by its url or by the DataSource of a host that has its own tables there. Throws PushError
 * INVALID or NOT_SUPPORTED; nothing is opened before `open`.
 */
export const createTypeOrmStore = (location: DatabaseLocation, options?: TypeOrmStoreOptions): TypeOrmStore =>
  new TypeOrmStore(location, options);
