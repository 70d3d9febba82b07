import { describe, expect, it } from '@jest/globals';
import { PushError } from 'push-core';
import { cannotJoin, cannotUse, StartFailed } from './start-failed.js';

const PASSWORD = 'p@ss/w#rd';
const POSTGRES = {
  kind: 'postgres',
  url: `postgres://ann:${encodeURIComponent(PASSWORD)}@db.example/push`,
  connections: 10,
  waitMs: 15_000,
} as const;
const MYSQL = {
  ...POSTGRES,
  kind: 'mysql',
  url: `mysql://ann:${encodeURIComponent(PASSWORD)}@[::1]:3307/push`,
} as const;

const thrown = (code: string, message = 'no') => Object.assign(new Error(message), { code });

describe('a database that cannot be used', () => {
  it.each([
    ['ECONNREFUSED', 'db.example:5432 within 15000 ms', 'PUSH_DATABASE_WAIT_MS'],
    ['ENOTFOUND', 'db.example:5432', 'host and port'],
    ['57P03', '57P03', 'start it'],
    ['28P01', 'user "ann"', 'user and password'],
    ['3D000', 'database "push"', 'create it'],
    ['42501', 'user "ann"', 'grant'],
    ['53300', '53300', 'PUSH_DATABASE_CONNECTIONS'],
    ['53100', '53100', 'space'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'encrypted', 'TLS'],
  ])('is named with the variable and the remedy: PostgreSQL, %s', (code, what, remedy) => {
    const behind = new PushError('STORE_UNAVAILABLE', 'The database did not answer', { cause: thrown(code) });
    for (const error of [thrown(code), behind, { driverError: thrown(code) }]) {
      const failed = cannotUse(error, POSTGRES);
      expect(failed).toBeInstanceOf(StartFailed);
      expect(failed.message).toMatch(/^PUSH_DATABASE_URL: [^\n]*$/);
      expect(failed.message).toMatch(what);
      expect(failed.message).toContain(remedy);
    }
  });

  it.each([
    ['ECONNREFUSED', '::1]:3307'],
    ['ER_ACCESS_DENIED_ERROR', 'user and password'],
    ['ER_BAD_DB_ERROR', 'create it'],
    ['ER_DBACCESS_DENIED_ERROR', 'grant'],
    ['ER_CON_COUNT_ERROR', 'PUSH_DATABASE_CONNECTIONS'],
    ['HANDSHAKE_NO_SSL_SUPPORT', 'TLS'],
  ])('is named with the variable and the remedy: MariaDB, %s', (code, remedy) => {
    expect(cannotUse(thrown(code), MYSQL).message).toContain(remedy);
  });

  it('is described in the store’s words where it has looked closer', () => {
    const error = new PushError('INVALID', 'The database has the encoding LATIN1; the store needs UTF8', {
      field: 'url',
    });
    expect(cannotUse(error, POSTGRES).message).toBe(`PUSH_DATABASE_URL: ${error.message}`);
  });

  it('never shows the password', () => {
    for (const code of ['XX000', '28P01', 'ECONNREFUSED', ''])
      for (const text of [PASSWORD, encodeURIComponent(PASSWORD), POSTGRES.url]) {
        const error = new PushError('STORE_UNAVAILABLE', 'no', { cause: thrown(code, `odd: ${text}\nmore`) });
        const { message } = cannotUse(error, POSTGRES);
        expect(message).not.toContain(PASSWORD);
        expect(message).not.toContain(encodeURIComponent(PASSWORD));
        expect(message).not.toContain('\n');
      }
  });

  it('leaves alone what is not its fault', () => {
    const bug = new TypeError('x is not a function');
    expect(cannotUse(bug, POSTGRES)).toBe(bug);
  });
});

describe('a broker that cannot be joined', () => {
  const broker = { url: 'amqp://ann:geheim@mq', startup: 'fail', prefix: 'push.', ingress: true } as const;
  it.each([
    ['amqp://ann@mq:5672/: connect ECONNREFUSED', 'start RabbitMQ'],
    ['amqp://ann@mq:5672/: Handshake terminated by server: 403 (ACCESS-REFUSED)', 'user and password'],
    ['amqp://ann@mq:5672/x: 530 (NOT-ALLOWED) with message "NOT_ALLOWED - vhost x not found"', 'virtual host'],
    ['amqp://ann@mq:5672/x: Expected ConnectionOpenOk; got <ConnectionClose channel:0>', 'virtual host'],
  ])('is named with the variable and the remedy: %s', (message, remedy) => {
    const failed = cannotJoin(new PushError('BROKER_UNAVAILABLE', message), broker);
    expect(failed.message).toMatch(/^PUSH_BROKER_URL: /);
    expect(failed.message).toContain(message);
    expect(failed.message).toContain(remedy);
    expect(failed.message).toContain('PUSH_BROKER_STARTUP');
  });
});
