import { createHash } from 'node:crypto';
import { PushError } from 'push-core';
import type { TableNames } from '../table-names.js';
import { step } from '../steps.js';
import type { DriverConnection } from './driver.js';
import { diagnoseMysql } from './errors.js';
import { mysqlMigrations } from './migrations.js';
import { sql } from './names.js';
import type { Session } from './session.js';

/** How long another node that is migrating is waited for. Seconds. */
const LOCK_SECONDS = 60;

/**
 * Brings the schema up to date, on one connection and under a lock of the server's, so that of several nodes one does it
 * and the others wait. Does nothing where nothing is to be done: a user who may not change the schema is enough then.
 */
export async function migrate(
  session: Session,
  typeorm: typeof import('typeorm'),
  { database, names }: { readonly database: string; readonly names: TableNames },
): Promise<void> {
  if (await isUpToDate(session, names)) return;
  const lock = migrationLock(database, names);
  const [row] = await session.run(step('SELECT GET_LOCK(?, ?) AS locked', lock, LOCK_SECONDS));
  if (row?.locked !== 1) {
    throw new PushError('STORE_UNAVAILABLE', 'Another node has been changing the schema for too long', {
      retryAfterMs: 1000,
    });
  }
  try {
    if (!(await isUpToDate(session, names))) await runMigrations(session, typeorm, { database, names });
  } finally {
    if (session.usable) await session.run(step('SELECT RELEASE_LOCK(?)', lock)).catch(() => {});
  }
}

async function isUpToDate(session: Session, names: TableNames): Promise<boolean> {
  try {
    const rows = await session.run(step(sql`SELECT "name" FROM "${names.migrations}"`));
    const done = new Set(rows.map((row) => row.name));
    return mysqlMigrations(names).every((Migration) => done.has(new Migration().name));
  } catch (error) {
    if (diagnoseMysql(error) === 'no-table') return false;
    throw error;
  }
}

/** A lock's name is the server's, not the database's, and 64 characters at most. */
export const migrationLock = (database: string, names: TableNames): string =>
  `push-schema-${createHash('sha256').update(`${database} ${names.migrations}`).digest('hex').slice(0, 40)}`;

async function runMigrations(
  session: Session,
  typeorm: typeof import('typeorm'),
  { database, names }: { readonly database: string; readonly names: TableNames },
): Promise<void> {
  const dataSource = new typeorm.DataSource({
    type: 'mysql',
    driver: lending(session.connection),
    database,
    synchronize: false,
    logging: false,
    migrations: mysqlMigrations(names),
    migrationsTableName: names.migrations,
  });
  // A change of the schema is no part of a transaction, and would end one.
  const work = dataSource
    .initialize()
    .then(() => dataSource.runMigrations({ transaction: 'none' }))
    .then(() => dataSource.destroy());
  await session.during(work);
}

/** To TypeORM, the one connection is a pool that always has it: so the lock's connection is the one that migrates. */
function lending(connection: DriverConnection): { createPool: () => unknown } {
  const lent = {
    promise: () => connection.promise(),
    // The session listens for errors itself.
    listeners: () => ['error'],
    release: () => {},
  };
  const pool = {
    getConnection: (done: (error: null, connection: unknown) => void) => done(null, lent),
    end: (done: () => void) => done(),
  };
  return { createPool: () => pool };
}
