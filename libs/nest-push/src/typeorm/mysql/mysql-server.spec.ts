import { describe, expect, it } from '@jest/globals';
import { PushError } from 'push-core';
import type { Step } from '../steps.js';
import { toStoreError } from '../store-errors.js';
import { diagnoseMysql, SessionLost } from './errors.js';
import { prepare } from './server.js';

const MARIADB = { version: '10.11.6-MariaDB', flush: 1, binlog: 0, binlog_sync: 0, packet: 16_777_216 };
const MYSQL = { version: '8.0.39', flush: 1, binlog: 1, binlog_sync: 1, packet: 67_108_864 };
const place = { database: 'd', relaxedDurability: false };
const settings = { lockTimeoutMs: 5000, deadlineMs: 5000 };

/** What a connection to such a server is told. */
async function prepared(server: object, location = place, times = settings): Promise<string> {
  const told: string[] = [];
  const session = {
    maxPacketBytes: 0,
    run: async (...steps: readonly Step[]) => {
      told.push(...steps.map(({ sql }) => sql));
      return [server as Record<string, unknown>];
    },
  };
  await prepare(session, location, times);
  return told.slice(1).join(';');
}

describe('A connection to MariaDB or MySQL', () => {
  it('is made to what the statements rest on', async () => {
    for (const server of [MARIADB, MYSQL]) {
      const told = await prepared(server);
      expect(told).toMatch(/STRICT_ALL_TABLES/);
      expect(told).toMatch(/time_zone = '\+00:00'/);
      expect(told).toMatch(/ISOLATION LEVEL READ COMMITTED/);
    }
  });

  it('lets the server give up a lock before the call’s time is over, and forget a silent transaction', async () => {
    expect(await prepared(MARIADB)).toMatch(/innodb_lock_wait_timeout = 4,/);
    expect(await prepared(MARIADB, place, { lockTimeoutMs: 50, deadlineMs: 900 })).toMatch(/lock_wait_timeout = 1,/);
    expect(await prepared(MARIADB)).toMatch(/idle_transaction_timeout = 6/);
    expect(await prepared(MYSQL)).not.toMatch(/idle_transaction_timeout/);
  });

  it.each([
    [{ ...MARIADB, flush: 2 }, /innodb_flush_log_at_trx_commit is 2/],
    [{ ...MARIADB, flush: 0 }, /innodb_flush_log_at_trx_commit is 0/],
    [{ ...MYSQL, binlog_sync: 0 }, /sync_binlog is 0/],
    [{ ...MYSQL, flush: 2, binlog_sync: 100 }, /innodb_flush_log_at_trx_commit is 2 and sync_binlog is 100/],
  ])('is refused by a server that answers before a commit is on disk: %j', async (server, message) => {
    await expect(prepared(server)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(message) as unknown,
    });
    await expect(prepared(server, { ...place, relaxedDurability: true })).resolves.toBeDefined();
  });

  it('does not mind how a binary log that is off would be written', async () => {
    await expect(prepared({ ...MARIADB, binlog_sync: 0 })).resolves.toBeDefined();
    await expect(prepared({ ...MARIADB, flush: 3 })).resolves.toBeDefined();
  });

  it.each(['10.5.23-MariaDB', '5.7.44-log', '5.5.5-10.4.1-MariaDB'])('is refused by %s', async (version) => {
    await expect(prepared({ ...MARIADB, version })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
  it.each(['10.6.0-MariaDB', '11.4.2-MariaDB-log', '8.0.39', '8.4.0', '9.3.0'])('is taken by %s', async (version) => {
    await expect(prepared({ ...MYSQL, version })).resolves.toBeDefined();
  });

  it('is refused by a server that takes only small packets', async () => {
    await expect(prepared({ ...MYSQL, packet: 1_048_576 })).rejects.toMatchObject({ code: 'INVALID' });
  });
});

describe('What the server or the network says', () => {
  const said = (errno: number, message = '') => Object.assign(new Error(message), { errno, code: `ER_${errno}` });
  const code = (error: unknown) => toStoreError(error, diagnoseMysql).code;

  it.each([
    [said(1114, "The table 'push_message' is full"), 'STORE_FULL'],
    [said(1021, 'Disk full (/tmp/#sql)'), 'STORE_FULL'],
    [said(1026, 'Error writing file (Errcode: 28 "No space left on device")'), 'STORE_FULL'],
    [said(1030, 'Got error 28 "No space left on device" from storage engine InnoDB'), 'STORE_FULL'],
    [said(1205), 'STORE_UNAVAILABLE'],
    [said(1213), 'STORE_UNAVAILABLE'],
    [said(1040), 'STORE_UNAVAILABLE'],
    [said(1290), 'STORE_UNAVAILABLE'],
    [new SessionLost('gone'), 'STORE_UNAVAILABLE'],
    [Object.assign(new Error(), { code: 'ECONNREFUSED', errno: -111, fatal: true }), 'STORE_UNAVAILABLE'],
    [Object.assign(new Error(), { code: 'PROTOCOL_CONNECTION_LOST' }), 'STORE_UNAVAILABLE'],
    [{ driverError: said(1213) }, 'STORE_UNAVAILABLE'],
    [said(1048, "Column 'type' cannot be null"), 'INTERNAL'],
    [said(1064, 'You have an error in your SQL syntax'), 'INTERNAL'],
    [new TypeError('a mistake of ours'), 'INTERNAL'],
    [new PushError('TOO_LARGE', 'as it is'), 'TOO_LARGE'],
  ])('%s is %s', (error, expected) => {
    expect(code(error)).toBe(expected);
  });
});
