import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';

/** Where the store's database is. */
export type DatabaseLocation =
  | { /** `sqlite:` and a file path, for example `sqlite:./data/push.db`. */ readonly url: string }
  | {
      /**
       * The host's own, on a SQLite file. Only its place is used: the store opens a connection of its own, because
       * SQLite in TypeORM has one connection a DataSource, and the store's writes would end up in whatever transaction
       * the host has open there.
       */
      readonly dataSource: DataSource;
    };

export interface SqliteLocation {
  readonly path: string;
  /** The driver the host uses, so that one process has one copy of SQLite. */
  readonly driver?: unknown;
}

export function sqliteLocation(location: DatabaseLocation): SqliteLocation {
  return 'url' in location ? fromUrl(location.url) : fromDataSource(location.dataSource);
}

function fromUrl(url: string): SqliteLocation {
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  if (path) return { path };
  const scheme = /^[a-z0-9+]+:/i.exec(url)?.[0] ?? '';
  if (scheme === '' || scheme.toLowerCase() === 'sqlite:') {
    throw new PushError('INVALID', 'The database url must look like sqlite:./data/push.db', { field: 'url' });
  }
  // The rest of the url may hold a password.
  throw new PushError('NOT_SUPPORTED', `Databases of ${scheme} are not available in this version; use sqlite:`, {
    field: 'url',
  });
}

function fromDataSource({ options }: DataSource): SqliteLocation {
  if (options.type !== 'better-sqlite3') {
    throw new PushError('NOT_SUPPORTED', `A DataSource of type ${options.type} is not available in this version`, {
      field: 'dataSource',
    });
  }
  const { database } = options;
  const driver: unknown = options.driver;
  if (database === '' || database === ':memory:') {
    throw new PushError('INVALID', 'A database in memory belongs to one connection; use a file', {
      field: 'dataSource',
    });
  }
  return { path: database, driver };
}
