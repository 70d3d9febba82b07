import { PushError } from 'push-core';
import type { DatabaseLocation } from '../database-location.js';

export interface SqliteLocation {
  readonly path: string;
  /** The driver the host uses, so that one process has one copy of SQLite. */
  readonly driver?: unknown;
}

export function sqliteLocation(location: DatabaseLocation): SqliteLocation {
  if ('url' in location) {
    const path = /^sqlite:(?:\/\/)?(.+)$/i.exec(location.url)?.[1];
    if (path) return { path };
    throw new PushError('INVALID', 'The database url must look like sqlite:./data/push.db', { field: 'url' });
  }
  const { database, driver } = location.dataSource.options as {
    readonly database?: unknown;
    readonly driver?: unknown;
  };
  if (typeof database !== 'string' || database === '' || database === ':memory:') {
    throw new PushError('INVALID', 'A database in memory belongs to one connection; use a file', {
      field: 'dataSource',
    });
  }
  return { path: database, driver };
}
