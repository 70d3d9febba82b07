import { PushError } from 'push-core';
import type { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../database.js';
import { driverError } from '../store-errors.js';
import type { Peers } from './peers.js';

/**
 * Brings the schema up to date, one node at a time: whoever comes second waits, and finds nothing left to do. Versions
 * only add, so nodes of the version before go on working meanwhile and afterwards.
 */
export async function migrate(
  { typeorm }: Peers,
  dataSource: DataSource,
  { tablePrefix, openTimeoutMs }: DatabaseSettings,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const lock = `hashtextextended('push migrations ' || current_schema() || ' ' || $1, 0)`;
  try {
    await runner.query(`SET lock_timeout = ${Math.max(1, Math.floor(openTimeoutMs))}`);
    await runner.query(`SELECT pg_advisory_lock(${lock})`, [tablePrefix]);
    try {
      const executor = new typeorm.MigrationExecutor(dataSource, runner);
      executor.transaction = 'all';
      await executor.executePendingMigrations();
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(${lock})`, [tablePrefix]).catch(() => {});
    }
  } catch (cause) {
    if (driverError(cause).code !== '55P03') throw cause;
    throw new PushError(
      'STORE_UNAVAILABLE',
      'The tables are locked: another node has been changing them for too long',
      {
        cause,
        retryAfterMs: 1000,
      },
    );
  } finally {
    await runner.release();
  }
}
