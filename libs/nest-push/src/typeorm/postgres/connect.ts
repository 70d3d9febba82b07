import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../database.js';
import { toStoreError } from '../store-errors.js';
import { diagnosePostgres, isRefusal } from './errors.js';
import type { PostgresLocation } from './location.js';
import { postgresMigrations } from './migrations.js';
import type { Peers } from './peers.js';
import { QUIET_LOGGER } from './quiet-logger.js';
import { refusal } from './refusal.js';
import { WatchedPool } from './watched-pool.js';

/** How often a database that is not there yet is tried. */
const EVERY_MS = 250;
const KEEP_ALIVE_MS = 10_000;
const IDLE_MS = 60_000;

export interface Connected {
  readonly dataSource: DataSource;
  readonly watched: WatchedPool;
}

/** Connects, and waits for a database that is not there yet. One that says no is not asked again. */
export async function connectPostgres(
  peers: Peers,
  location: PostgresLocation,
  settings: DatabaseSettings,
): Promise<Connected> {
  for (const deadline = performance.now() + settings.openTimeoutMs; ;) {
    try {
      return await attempt(peers, location, settings);
    } catch (error) {
      if (isRefusal(error)) throw refusal(location, error);
      const known = toStoreError(error, diagnosePostgres);
      if (known.code !== 'STORE_UNAVAILABLE') throw known;
      if (performance.now() + EVERY_MS >= deadline) {
        throw new PushError('STORE_UNAVAILABLE', `No database answers at ${location.place}`, {
          cause: error,
          retryAfterMs: 1000,
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

async function attempt(peers: Peers, location: PostgresLocation, settings: DatabaseSettings): Promise<Connected> {
  const watched = new WatchedPool(peers.pg);
  const dataSource = new peers.typeorm.DataSource({
    ...location.options,
    type: 'postgres',
    driver: watched.driver,
    // The store speaks below TypeORM to the driver in JavaScript; `pg-native` has no such level.
    nativeDriver: {},
    installExtensions: false,
    synchronize: false,
    logging: false,
    logger: QUIET_LOGGER,
    migrations: postgresMigrations(settings.names),
    migrationsTableName: settings.names.migrations,
    extra: {
      application_name: 'nest-push',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      ...(location.options.extra as object | undefined),
      // The driver's own kind refuses what sends several statements by itself.
      pipeline: false,
      max: settings.connections,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: settings.deadlineMs,
    },
  });
  const late = setTimeout(() => watched.destroy(), settings.deadlineMs);
  try {
    await dataSource.initialize();
    await inspect(dataSource, location);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy().catch(() => {});
    watched.destroy();
    throw error;
  } finally {
    clearTimeout(late);
  }
  return { dataSource, watched };
}

/** What the store's promises rest on. */
async function inspect(dataSource: DataSource, { field }: PostgresLocation): Promise<void> {
  const [found] = await dataSource.query<Record<string, string | boolean | null>[]>(
    `SELECT current_setting('server_version_num')::int8::text AS version, current_setting('server_encoding') AS encoding,
      current_schema() AS schema, current_setting('search_path') AS path, pg_is_in_recovery() AS standby`,
  );
  const refuse = (message: string) => new PushError('INVALID', message, { field });
  if (Number(found?.version) < 130000) throw refuse('The store needs PostgreSQL 13 or newer');
  if (found?.encoding !== 'UTF8')
    throw refuse(`The database has the encoding ${String(found?.encoding)}; the store needs UTF8`);
  if (found.schema === null)
    throw refuse(`No schema of search_path ${String(found.path)} exists: create it first (CREATE SCHEMA …)`);
  if (found.standby) throw new PushError('STORE_UNAVAILABLE', 'The database is a standby, which only reads');
}
