import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';

/** Where the store's database is. */
export type DatabaseLocation =
  | {
      /**
       * `sqlite:` and a file path, for example `sqlite:./data/push.db`; `postgres://user:password@host:5432/database`;
       * `mysql://` or `mariadb://` alike.
       */
      readonly url: string;
    }
  | {
      /**
       * The host's own. Only its place and its driver are used: the store opens connections of its own, because what it
       * writes must not end up in whatever transaction the host has open.
       */
      readonly dataSource: DataSource;
    };

export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql';

/** By the scheme of a url, and by the type of a DataSource. */
const SCHEMES: Readonly<Record<string, DatabaseKind>> = {
  'sqlite:': 'sqlite',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};
const TYPES: Readonly<Record<string, DatabaseKind>> = {
  'better-sqlite3': 'sqlite',
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
};

export function kindOf(location: DatabaseLocation): DatabaseKind {
  return 'url' in location ? kindOfUrl(location.url) : kindOfDataSource(location.dataSource);
}

function kindOfUrl(url: string): DatabaseKind {
  const scheme = /^[a-z0-9+]+:/i.exec(url)?.[0].toLowerCase();
  if (!scheme) {
    throw new PushError(
      'INVALID',
      'The database url must look like sqlite:./data/push.db or postgres://host/database',
      {
        field: 'url',
      },
    );
  }
  const kind = SCHEMES[scheme];
  if (kind) return kind;
  // The rest of the url may hold a password.
  throw new PushError('NOT_SUPPORTED', `There is no store for ${scheme}; use sqlite:, postgres:, mysql: or mariadb:`, {
    field: 'url',
  });
}

export function kindOfDataSource({ options }: DataSource): DatabaseKind {
  const kind = TYPES[options.type];
  if (kind) return kind;
  throw new PushError('NOT_SUPPORTED', `There is no store for a DataSource of type ${options.type}`, {
    field: 'dataSource',
  });
}
