import { MIGRATIONS_TABLE, postgresMigrations } from './account-migrations.js';
import type { Row } from './account-medium.js';
import { STANDARD } from './account-statements.js';
import type { ServerDialect } from './server-dialect.js';
import { postgresUrl } from './server-url.js';

/** What is used of a pg client. */
interface PgClient {
  query(text: string, values: unknown[]): Promise<{ rows: Row[]; rowCount: number | null }>;
  end(): Promise<void>;
}

/** Any two numbers, the same on all nodes and used for nothing else: "push", "acct". */
const LOCK = [0x70757368, 0x61636374];

export const POSTGRES: ServerDialect<PgClient> = {
  sql: STANDARD,
  options: (url, connections, connectTimeoutMs) => ({
    type: 'postgres',
    applicationName: 'nest-push accounts',
    poolSize: connections,
    connectTimeoutMS: connectTimeoutMs,
    // It finds out by itself; without a listener it would end the process.
    poolErrorHandler: () => {},
    extra: { connectionString: postgresUrl(url), keepAlive: true },
    installExtensions: false,
    migrations: postgresMigrations,
    migrationsTableName: MIGRATIONS_TABLE,
    logging: false,
  }),
  async ask(client, sql, values) {
    const { rows, rowCount } = await client.query(numbered(sql), [...values]);
    return { rows, changed: rowCount ?? 0 };
  },
  cut: (client) => void client.end().catch(() => {}),
  async enter(runner, run) {
    await runner.startTransaction('READ COMMITTED');
    // Ends with the transaction, so it suits a pool in front of the database too.
    await run('SELECT pg_advisory_xact_lock(?, ?)', LOCK);
  },
  leave: async () => {},
};

/** `?` as `$1`, `$2`, …; no statement has one in a text. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll('?', () => `$${++count}`);
}
