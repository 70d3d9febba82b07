import { createIds, PushError, type Store } from 'push-core';
import type { DataSource } from 'typeorm';
import { SqliteConnection } from './sqlite/connection.js';
import { SqliteCursors } from './sqlite/sqlite-cursors.js';
import { SqliteDevices } from './sqlite/sqlite-devices.js';
import { SqliteMessages } from './sqlite/sqlite-messages.js';
import { SqliteTopics } from './sqlite/sqlite-topics.js';
import { DEFAULT_PREFIX, tablesWith } from './tables.js';

export interface TypeOrmStoreOptions {
  /** `sqlite:./data/push.db`; its folder is created. */
  readonly url?: string;
  /** Instead of `url`: a host's own DataSource on a SQLite file. The store opens a connection of its own to that file. */
  readonly dataSource?: Pick<DataSource, 'options'>;
  /** Letters, digits and underscores. Default `push_`. */
  readonly tablePrefix?: string;
}

export interface TypeOrmStore extends Store {
  readonly tablePrefix: string;
}

/** A store on a database that TypeORM reaches; its tables are created and migrated by `open`. */
export function createTypeOrmStore(options: TypeOrmStoreOptions): TypeOrmStore {
  const tablePrefix = options.tablePrefix ?? DEFAULT_PREFIX;
  const t = tablesWith(tablePrefix);
  const connection = new SqliteConnection(databasePath(options), t, tablePrefix);
  return {
    tablePrefix,
    messages: new SqliteMessages(connection, t),
    cursors: new SqliteCursors(connection, t),
    devices: new SqliteDevices(connection, t),
    topics: new SqliteTopics(connection, t),
    async open() {
      await connection.open();
      await connection.write((sql) =>
        sql.all(`INSERT OR IGNORE INTO ${t.meta} (name, value) VALUES ('epoch', ?)`, [createIds().epoch()]),
      );
    },
    close: () => connection.close(),
  };
}

function databasePath({ url, dataSource }: TypeOrmStoreOptions): string {
  if (dataSource) {
    const { type, database } = dataSource.options;
    if (type !== 'better-sqlite3' || typeof database !== 'string' || database === ':memory:') {
      throw new PushError(
        'NOT_SUPPORTED',
        'dataSource must be a better-sqlite3 (libsql) DataSource on a file in this version',
        { field: 'dataSource' },
      );
    }
    return database;
  }
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url ?? '')?.[1];
  if (path) return path;
  throw new PushError('NOT_SUPPORTED', 'url must be sqlite:PATH in this version, for example sqlite:./data/push.db', {
    field: 'url',
  });
}
