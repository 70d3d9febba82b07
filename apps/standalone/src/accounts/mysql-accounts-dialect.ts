import { MIGRATIONS_TABLE, mysqlMigrations } from './account-migrations.js';
import type { Outcome, Row } from './account-medium.js';
import { MYSQL } from './account-statements.js';
import type { ServerDialect } from './server-dialect.js';
import { mysqlPlace } from './server-url.js';

/** What is used of a mysql2 connection. */
interface MysqlClient {
  promise(): { execute(sql: string, values: unknown[]): Promise<[Row[] | { affectedRows: number }, unknown]> };
  destroy(): void;
}

/** Of the server, not of the database: its name goes in, in a form of fixed length. */
const LOCK = "CONCAT('push_accounts.', MD5(DATABASE()))";
const LOCK_WAIT_S = 25;

export const MARIADB: ServerDialect<MysqlClient> = {
  sql: MYSQL,
  options: (url, connections, connectTimeoutMs) => ({
    type: 'mysql',
    poolSize: connections,
    connectTimeout: connectTimeoutMs,
    extra: mysqlPlace(url),
    connectorPackage: 'mysql2',
    migrations: mysqlMigrations,
    migrationsTableName: MIGRATIONS_TABLE,
    logging: false,
  }),
  // Prepared, so that no value is ever part of a statement's text, whatever the server takes for an escape.
  async ask(client, sql, values): Promise<Outcome> {
    const [result] = await client.promise().execute(sql, [...values]);
    return Array.isArray(result) ? { rows: result, changed: 0 } : { rows: [], changed: result.affectedRows };
  },
  cut: (client) => client.destroy(),
  async enter(runner, run) {
    const { rows } = await run(`SELECT GET_LOCK(${LOCK}, ${LOCK_WAIT_S}) AS got`);
    if (Number(rows[0]?.got) !== 1) throw Object.assign(new Error('no lock'), { code: 'ER_LOCK_WAIT_TIMEOUT' });
    await runner.startTransaction('READ COMMITTED');
  },
  async leave(run) {
    await run(`SELECT RELEASE_LOCK(${LOCK})`);
  },
};
