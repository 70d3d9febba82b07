import { PushError } from 'push-core';
import type { DatabaseLocation } from '../database-location.js';
import type { Database, DatabaseSettings } from '../database.js';
import { toStoreError } from '../store-errors.js';
import { MysqlConnection } from './connection.js';
import { mysqlDialect } from './dialect.js';
import { loadPeers } from './driver.js';
import { diagnoseMysql, isAccessDenied, isNoDatabase } from './errors.js';
import { mysqlLocation, type MysqlLocation } from './location.js';
import { migrate } from './migrate.js';
import { prepare } from './server.js';
import { Session } from './session.js';
import { SessionPool } from './session-pool.js';

/** Between two looks whether a database is there. */
const LOOK_EVERY_MS = 200;

/**
 * MariaDB 10.6 or MySQL 8.0, or newer, at `mysql://` or `mariadb://` (see `mysqlLocation`). Throws PushError INVALID
 * where the location cannot be.
 */
export function mysqlDatabase(location: DatabaseLocation, settings: DatabaseSettings): Database {
  const place = mysqlLocation(location);
  let pool: SessionPool | undefined;
  return {
    sql: mysqlDialect(settings.names),
    open: async () => {
      const { typeorm, driver } = await loadPeers(place.driver);
      const connect = async (timeoutMs: number): Promise<Session> => {
        const session = await Session.open(driver, place, timeoutMs);
        const timer = setTimeout(() => session.destroy('The database did not answer'), timeoutMs);
        try {
          await prepare(session, place, settings);
          return session;
        } catch (error) {
          session.destroy('The connection could not be prepared');
          throw error;
        } finally {
          clearTimeout(timer);
        }
      };
      pool = new SessionPool(connect, settings.connections);
      const first = await patiently(settings.openTimeoutMs, place, async (leftMs) => {
        const session = await connect(Math.min(leftMs, settings.deadlineMs));
        const timer = setTimeout(() => session.destroy('The schema could not be changed in time'), leftMs);
        try {
          await migrate(session, typeorm, { database: place.database, names: settings.names });
          return session;
        } catch (error) {
          session.destroy('The schema could not be changed');
          throw error;
        } finally {
          clearTimeout(timer);
        }
      });
      pool.add(first);
      return new MysqlConnection(pool, settings);
    },
    close: async () => pool?.end(),
  };
}

/** A database that is not there yet is waited for; what waiting does not help is said at once. */
async function patiently<T>(
  openTimeoutMs: number,
  place: MysqlLocation,
  attempt: (leftMs: number) => Promise<T>,
): Promise<T> {
  for (const deadline = performance.now() + openTimeoutMs; ;) {
    try {
      return await attempt(Math.max(1, deadline - performance.now()));
    } catch (error) {
      if (isAccessDenied(error)) throw denied(place, error);
      const told = toStoreError(error, diagnoseMysql);
      if (told.code !== 'STORE_UNAVAILABLE') throw told;
      if (deadline - performance.now() <= LOOK_EVERY_MS) throw isNoDatabase(error) ? missing(place, error) : told;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const denied = ({ user = '', database }: MysqlLocation, cause: unknown): PushError =>
  new PushError(
    'INVALID',
    `The database server refused user "${user}" on database "${database}": check name, password and rights`,
    { field: 'url', cause },
  );

const missing = ({ database }: MysqlLocation, cause: unknown): PushError =>
  new PushError('STORE_UNAVAILABLE', `There is no database "${database}" on the server: CREATE DATABASE it`, {
    cause,
    retryAfterMs: 1000,
  });
