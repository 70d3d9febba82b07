import { PushError } from 'push-core';
import type { DatabaseSettings } from '../database.js';
import { step } from '../steps.js';
import type { MysqlLocation } from './location.js';
import { sql } from './names.js';
import type { Session } from './session.js';

/** What a statement may leave to the call around it, so that the server gives up first and says why. Milliseconds. */
const MARGIN_MS = 500;
/** A server that has not heard from a connection for so long closes it, and undoes what it had begun. Seconds. */
const IDLE_SECONDS = 600;
/** The shortest `max_allowed_packet` that holds any message together with a piece of a batch. */
const LEAST_PACKET_BYTES = 4 * 1024 * 1024;

interface Server {
  readonly version: string;
  readonly flush: number;
  readonly binlog: number;
  readonly binlog_sync: number;
  readonly packet: number;
}

const QUESTION = sql`SELECT VERSION() AS version, @@GLOBAL.innodb_flush_log_at_trx_commit AS flush,
  @@GLOBAL.log_bin AS binlog, @@GLOBAL.sync_binlog AS binlog_sync, @@GLOBAL.max_allowed_packet AS packet`;

/**
 * Makes a new connection what the statements and the promises rest on, whatever the server's own settings are. Rejects
 * with PushError NOT_SUPPORTED or INVALID where the server is not fit.
 */
export async function prepare(
  session: Pick<Session, 'run' | 'maxPacketBytes'>,
  { relaxedDurability }: MysqlLocation,
  { lockTimeoutMs, deadlineMs }: Pick<DatabaseSettings, 'lockTimeoutMs' | 'deadlineMs'>,
): Promise<void> {
  const [row] = await session.run(step(QUESTION));
  const server = row as unknown as Server;
  mustKnow(server);
  mustKeepPackets(server);
  if (!relaxedDurability) mustBeDurable(server);
  session.maxPacketBytes = server.packet;

  const lockSeconds = Math.max(1, Math.floor(Math.min(lockTimeoutMs, deadlineMs - MARGIN_MS) / 1000));
  const deadlineSeconds = Math.ceil(deadlineMs / 1000) + 1;
  // A transaction whose connection has fallen silent would keep its locks until then.
  const idle = isMariaDb(server) ? `, idle_transaction_timeout = ${deadlineSeconds}` : '';
  await session.run(
    step(`SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1,
      innodb_lock_wait_timeout = ${lockSeconds}, lock_wait_timeout = ${lockSeconds},
      wait_timeout = ${isMariaDb(server) ? IDLE_SECONDS : Math.max(60, deadlineSeconds)}${idle}`),
    step('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'),
  );
}

const isMariaDb = ({ version }: Server): boolean => /mariadb/i.test(version);

function mustKnow(server: Server): void {
  const [, major = 0, minor = 0] = /^(\d+)\.(\d+)/.exec(server.version)?.map(Number) ?? [];
  const known = isMariaDb(server) ? major > 10 || (major === 10 && minor >= 6) : major >= 8;
  if (known) return;
  throw new PushError(
    'NOT_SUPPORTED',
    `The database is ${server.version}; MariaDB 10.6 or MySQL 8.0 or newer is needed`,
    { field: 'url' },
  );
}

function mustKeepPackets({ packet }: Server): void {
  if (packet >= LEAST_PACKET_BYTES) return;
  throw new PushError(
    'INVALID',
    `The database's max_allowed_packet is ${packet} bytes; it must be ${LEAST_PACKET_BYTES} or more`,
    { field: 'url' },
  );
}

/** What was answered must survive the death of any process and of the machine. */
function mustBeDurable({ flush, binlog, binlog_sync: binlogSync }: Server): void {
  const wrong = [
    ...(flush === 1 || flush === 3 ? [] : [`innodb_flush_log_at_trx_commit is ${flush}`]),
    ...(binlog === 0 || binlogSync === 1 ? [] : [`sync_binlog is ${binlogSync}`]),
  ];
  if (wrong.length === 0) return;
  throw new PushError(
    'INVALID',
    `The database would lose what it has answered when its machine dies: ${wrong.join(' and ')}, where 1 is needed. ` +
      'Add ?durability=relaxed to the url to accept that',
    { field: 'url' },
  );
}
