/** Where messages, tenants and keys are kept. */
export type DatabaseConfig =
  { readonly kind: 'memory' } | { readonly kind: 'sqlite'; readonly path: string } | SqlServerConfig;

export interface SqlServerConfig {
  readonly kind: 'postgres' | 'mysql';
  /** May hold a password: not to be shown. */
  readonly url: string;
  /** Connections at most, of this process. */
  readonly connections: number;
  /** How long a database that is not there yet is waited for at the start. Milliseconds. */
  readonly waitMs: number;
}

const SERVERS: Readonly<Record<string, SqlServerConfig['kind'] | undefined>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
};

const WAYS = 'sqlite:PATH (for example sqlite:./data/push.db), postgres://…, mysql://…, mariadb://… or memory:';

/** What is wrong with it and what to do; undefined when nothing is. */
export function databaseUrl(url: string): string | undefined {
  if (url === 'memory:') return undefined;
  const scheme = schemeOf(url);
  if (scheme === 'sqlite') return sqliteUrl(url);
  if (scheme !== undefined && SERVERS[scheme]) return serverUrl(url, scheme);
  return `${withoutSecrets(url)} is no database; use ${WAYS}`;
}

/** Of a url that passed `databaseUrl`. */
export function databaseOf(url: string, connections: number, waitMs: number): DatabaseConfig {
  const scheme = schemeOf(url) ?? '';
  const kind = SERVERS[scheme];
  if (kind) return { kind, url, connections, waitMs };
  return scheme === 'sqlite' ? { kind: 'sqlite', path: url.slice('sqlite:'.length) } : { kind: 'memory' };
}

function sqliteUrl(url: string): string | undefined {
  const path = url.slice('sqlite:'.length);
  if (path === '' || path.startsWith('//'))
    return `${withoutSecrets(url)} names no file; write "sqlite:" and a path, for example sqlite:./data/push.db`;
  if (path === ':memory:') return 'SQLite in memory is not offered; use "memory:", which keeps nothing either';
  return undefined;
}

function serverUrl(url: string, scheme: string): string | undefined {
  const example = `${scheme}://user:password@host/database`;
  const parsed = parsedUrl(url);
  if (!parsed || parsed.hostname === '') return `the ${scheme}:// url cannot be read; write ${example}, and ${ENCODED}`;
  if (!/^\/[^/]+$/.test(parsed.pathname)) return `the ${scheme}:// url names no database; write ${example}`;
  return undefined;
}

/** For a complaint about a url in which a user and a password may stand. */
export const ENCODED =
  'percent-encode what a url does not take in user and password (@ is %40, : is %3A, / is %2F, # is %23, ? is %3F, % is %25)';

/** With everything in it decodable; undefined otherwise. */
export function parsedUrl(url: string): URL | undefined {
  try {
    const parsed = new URL(url);
    for (const part of [parsed.username, parsed.password, parsed.pathname]) decodeURIComponent(part);
    // What comes after the host and has an @ is the rest of a password.
    const cut = parsed.username === '' && (parsed.pathname + parsed.search + parsed.hash).includes('@');
    return cut ? undefined : parsed;
  } catch {
    return undefined;
  }
}

export const schemeOf = (url: string): string | undefined => /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();

/** A text that should have been a url. Where there is an @ a password may stand before it, in whatever form. */
export const withoutSecrets = (text: string): string =>
  JSON.stringify(text.includes('@') ? `${schemeOf(text) ?? ''}:…` : text);
