import { PushError } from 'push-core';
import type { DatabaseLocation } from '../database-location.js';
import type { PgModule } from './driver.js';

/** What TypeORM is told about where the database is. */
export interface PostgresLocation {
  readonly options: Readonly<Record<string, unknown>>;
  /** The driver the host uses, so that one process has one copy of it. */
  readonly driver?: PgModule;
  /** For messages: never with a password. */
  readonly place: string;
  readonly user: string;
  readonly database: string;
  /** The option that is to be corrected where the database refuses. */
  readonly field: 'url' | 'dataSource';
}

export function postgresLocation(location: DatabaseLocation): PostgresLocation {
  if ('url' in location) return fromUrl(location.url);
  const { replication, driver, extra, ...options } = location.dataSource.options as unknown as HostOptions;
  const { url, host, port, username, password, database, ssl } = replication?.master ?? options;
  const named = url ? fromUrl(url) : undefined;
  return {
    options: { host, port, username, password, database, ssl, extra: { ...extra, ...named?.options.extra } },
    driver,
    place: named?.place ?? `${host ?? 'localhost'}:${port ?? 5432}`,
    user: username ?? named?.user ?? '',
    database: database ?? named?.database ?? '',
    field: 'dataSource',
  };
}

interface Credentials {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: unknown;
  readonly database?: string;
  readonly ssl?: unknown;
}

interface HostOptions extends Credentials {
  readonly driver?: PgModule;
  readonly extra?: object;
  readonly replication?: { readonly master: Credentials };
}

/**
 * libpq's forms, with what the driver does not know of them: `search_path` beside `options`, and its meaning of
 * `sslmode`, where `require` asks for encryption and not for a known certificate.
 */
function fromUrl(text: string): PostgresLocation & { readonly options: { readonly extra: object } } {
  const url = parsed(text);
  const { searchParams: more } = url;
  const searchPath = more.get('search_path');
  if (searchPath !== null) {
    more.delete('search_path');
    const setting = `-c search_path=${searchPath.replace(/[\\ ]/g, '\\$&')}`;
    more.set('options', [more.get('options'), setting].filter(Boolean).join(' '));
  }
  if (more.has('sslmode') && !more.has('uselibpqcompat')) more.set('uselibpqcompat', 'true');
  const user = decodeURIComponent(url.username);
  return {
    options: { extra: { connectionString: url.href.replace(NOWHERE, '') } },
    place: place(url),
    user,
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    field: 'url',
  };
}

/** Stands where a url names no host: a URL cannot have a user without one. */
const NOWHERE = 'push-no-host';

function parsed(text: string): URL {
  try {
    const url = new URL(text.replace(/@\//, `@${NOWHERE}/`));
    // Several hosts, or none of them in the port.
    if (!/,/.test(url.host) && !/,/.test(url.searchParams.get('host') ?? '')) return url;
  } catch {
    // The error holds the url, and the url may hold a password.
  }
  throw new PushError(
    'INVALID',
    'The database url must look like postgres://user:password@host:5432/database, with one host, and with / # ? @ in the password written as %2F %23 %3F %40',
    { field: 'url' },
  );
}

function place({ hostname, port, searchParams }: URL): string {
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  return `${host === '' || host === NOWHERE ? 'localhost' : host}:${searchParams.get('port') ?? (port || '5432')}`;
}
