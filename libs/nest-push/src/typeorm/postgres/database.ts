import type { DatabaseLocation } from '../database-location.js';
import type { Database, DatabaseSettings } from '../database.js';
import type { SqlConnection } from '../sql-connection.js';
import { toStoreError } from '../store-errors.js';
import { connectPostgres, type Connected } from './connect.js';
import { PostgresConnection } from './connection.js';
import { postgresDialect } from './dialect.js';
import { diagnosePostgres, isRefusal } from './errors.js';
import { postgresLocation } from './location.js';
import { migrate } from './migrate.js';
import { loadPeers } from './peers.js';
import { refusal } from './refusal.js';

/** How long the server has to say goodbye. */
const FAREWELL_MS = 2000;

/**
 * A PostgreSQL database, 13 or newer, with a pool of connections of the store's own. Connect to the server itself, or
 * through a pooler that keeps sessions: statements are prepared, and settings made, for a session.
 */
export function postgresDatabase(location: DatabaseLocation, settings: DatabaseSettings): Database {
  const where = postgresLocation(location);
  let connected: Connected | undefined;

  const close = async (): Promise<void> => {
    const held = connected;
    connected = undefined;
    if (!held) return;
    const late = setTimeout(() => held.watched.destroy(), FAREWELL_MS);
    await held.dataSource.destroy().catch(() => {});
    await held.watched.ended();
    clearTimeout(late);
  };

  return {
    sql: postgresDialect(settings.names),
    async open(): Promise<SqlConnection> {
      const peers = await loadPeers(where.driver);
      connected = await connectPostgres(peers, where, settings);
      try {
        await migrate(peers, connected.dataSource, settings);
        return new PostgresConnection(connected.watched.pool, settings);
      } catch (error) {
        await close();
        throw isRefusal(error) ? refusal(where, error) : toStoreError(error, diagnosePostgres);
      }
    },
    close,
  };
}
