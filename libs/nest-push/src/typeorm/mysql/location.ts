import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';
import type { DatabaseLocation } from '../database-location.js';

export interface MysqlLocation {
  readonly host?: string;
  readonly port?: number;
  /** A Unix socket, instead of host and port. */
  readonly socketPath?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  /** Options of TLS; without, the connection is not encrypted. */
  readonly ssl?: object | string;
  /** The server may answer before a commit is on disk: it is the operator's wish, and what he is promised is less. */
  readonly relaxedDurability: boolean;
  /** The driver the host uses, so that one process has one copy of it. */
  readonly driver?: unknown;
}

const PARAMETERS = ['ssl', 'socket', 'durability'];

/**
 * `mysql://user:password@host:port/database`, or `mariadb://`. Parameters: `ssl=true` (a certificate that can be verified)
 * or `ssl=no-verify`; `socket=/path/of.sock`; `durability=relaxed` accepts a server that does not write every commit to
 * disk before it answers. Throws PushError INVALID, without the url: it may hold a password.
 */
export const mysqlLocation = (location: DatabaseLocation): MysqlLocation =>
  'url' in location ? fromUrl(location.url, true) : fromDataSource(location.dataSource);

/** A host's url may have parameters that are TypeORM's. */
function fromUrl(text: string, strict: boolean): MysqlLocation {
  const url = parsed(text);
  const database = decoded(url.pathname.slice(1));
  if (database === '' || database.includes('/')) throw invalid('must name a database: mysql://host/database');
  for (const name of url.searchParams.keys()) {
    if (strict && !PARAMETERS.includes(name))
      throw invalid(`has an unknown parameter ${name}; there are ${PARAMETERS.join(', ')}`);
  }
  const socketPath = url.searchParams.get('socket');
  const ssl = sslOf(url.searchParams.get('ssl'));
  const durability = url.searchParams.get('durability');
  if (durability !== null && durability !== 'relaxed') throw invalid('has a durability other than relaxed');
  return {
    database,
    ...(socketPath ? { socketPath } : { host: hostOf(url), port: url.port === '' ? 3306 : Number(url.port) }),
    ...(url.username ? { user: decoded(url.username) } : {}),
    ...(url.password ? { password: decoded(url.password) } : {}),
    ...(ssl ? { ssl } : {}),
    relaxedDurability: durability === 'relaxed',
  };
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid('must look like mysql://user:password@host:3306/database');
  }
}

/** An IPv6 address stands in brackets in a url, and without them everywhere else. */
const hostOf = ({ hostname }: URL): string => decoded(hostname.replace(/^\[(.*)\]$/, '$1')) || '127.0.0.1';

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('has a % that is not followed by two hexadecimal digits');
  }
}

function sslOf(text: string | null): object | undefined {
  if (text === null || text === 'false') return undefined;
  if (text === 'true') return { rejectUnauthorized: true, verifyIdentity: true };
  if (text === 'no-verify') return { rejectUnauthorized: false };
  throw invalid('has an ssl other than true, false or no-verify');
}

const invalid = (what: string): PushError => new PushError('INVALID', `The database url ${what}`, { field: 'url' });

function fromDataSource({ options }: DataSource): MysqlLocation {
  const unfit = (what: string) => new PushError('INVALID', what, { field: 'dataSource' });
  if (options.type !== 'mysql' && options.type !== 'mariadb')
    throw unfit('A DataSource of type mysql or mariadb is needed');
  if (options.replication) throw unfit('A DataSource with replication has no one place: give the url of the primary');
  const driver: unknown = options.driver;
  const ssl = options.ssl as object | string | undefined;
  const base = options.url === undefined ? undefined : fromUrl(options.url, false);
  const database = options.database ?? base?.database;
  if (!database) throw unfit('The DataSource must name a database');
  const socketPath = options.socketPath ?? base?.socketPath;
  return {
    database,
    ...(socketPath
      ? { socketPath }
      : { host: options.host ?? base?.host ?? '127.0.0.1', port: options.port ?? base?.port ?? 3306 }),
    ...given('user', options.username ?? base?.user),
    ...given('password', options.password ?? base?.password),
    ...given('ssl', ssl ?? base?.ssl),
    ...given('driver', driver),
    relaxedDurability: base?.relaxedDurability ?? false,
  };
}

const given = <K extends string, V>(name: K, value: V | undefined): { [N in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [N in K]?: V };
