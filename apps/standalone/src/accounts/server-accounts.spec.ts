import { describe, expect, it, jest } from '@jest/globals';
import { describeWith } from '../../../../test/services/needs.js';
import { PrivateMariaDb } from '../../../../test/services/mariadb.js';
import { PrivatePostgres } from '../../../../test/services/postgres.js';
import { eventually } from '../../../../test/support/eventually.js';
import { started } from '../../../../test/services/started.js';
import { troubleOf } from '../database-trouble.js';
import { describeAccounts } from './accounts.fixture.js';
import { makeFirstKeys } from './first-start.js';
import { MARIADB } from './mysql-accounts-dialect.js';
import { POSTGRES } from './postgres-accounts-dialect.js';
import { ServerMedium } from './server-medium.js';
import { SqlAccounts } from './sql-accounts.js';

jest.setTimeout(120_000);

const KINDS = [
  {
    need: 'postgres',
    title: 'PostgreSQL',
    start: PrivatePostgres.start,
    make: (url: string, waitMs: number, deadlineMs?: number) => new ServerMedium(POSTGRES, { url, waitMs, deadlineMs }),
  },
  {
    need: 'mariadb',
    title: 'MariaDB',
    start: PrivateMariaDb.start,
    make: (url: string, waitMs: number, deadlineMs?: number) => new ServerMedium(MARIADB, { url, waitMs, deadlineMs }),
  },
] as const;

for (const { need, title, start, make } of KINDS) {
  describeWith([need], title, () => {
    const server = started<PrivatePostgres | PrivateMariaDb>((estate) => start(estate));
    let count = 0;
    const freshUrl = async (): Promise<string> => {
      const name = `accounts_${++count}`;
      await server().sql(`CREATE DATABASE ${name}`);
      return server().url.replace(/[^/]+$/, name);
    };

    describeAccounts(`accounts in ${title}`, async () => new SqlAccounts(make(await freshUrl(), 10_000)));

    describe(`accounts in ${title}`, () => {
      it('are opened by several nodes at once, of which one makes the first keys', async () => {
        const url = await freshUrl();
        const nodes = Array.from({ length: 4 }, () => new SqlAccounts(make(url, 10_000)));
        await Promise.all(nodes.map((node) => node.open()));
        const fresh = await Promise.all(nodes.map((node) => makeFirstKeys(node, undefined, 1)));
        expect(fresh.filter(({ apiKey }) => apiKey)).toHaveLength(1);
        expect(fresh.filter(({ adminKey }) => adminKey)).toHaveLength(1);
        await Promise.all(nodes.map((node) => node.close()));
      });

      it('keep nothing of a unit that failed, and let the next one in', async () => {
        const medium = make(await freshUrl(), 10_000);
        await medium.open();
        const failing = medium.alone(async (run) => {
          await run(medium.sql.addTenant, ['half', Buffer.alloc(32), 1]);
          throw new Error('half way');
        });
        await expect(failing).rejects.toMatchObject({ code: 'INTERNAL' });
        const next = medium.alone((run) => run('SELECT id FROM push_tenant'));
        expect((await next).rows).toEqual([]);
        await medium.close();
      });

      it('say what is wrong with the url', async () => {
        const { url } = server();
        const trouble = (wrong: string, waitMs = 0) =>
          make(wrong, waitMs)
            .open()
            .then(() => 'none', troubleOf);
        expect(await trouble(url.replace(/[^/]+$/, 'nowhere'))).toBe('no-database');
        expect(await trouble(url.replace(/:\d+\//, ':1/'))).toBe('unreachable');
        if (need === 'mariadb') expect(await trouble(url.replace('root@', 'root:wrong@'))).toBe('credentials');
        else expect(await trouble(url.replace('postgres@', 'nobody_here@'))).toBe('credentials');
      });

      it('answer in time while the database is gone or hung, and find it again', async () => {
        const medium = make(await freshUrl(), 60_000, 1_000);
        const accounts = new SqlAccounts(medium);
        await accounts.open();
        await makeFirstKeys(accounts, undefined, 1);
        const found = () =>
          eventually(async () => (await accounts.tenant('default').catch(() => undefined))?.id === 'default', 30_000);

        server().stop();
        const begin = performance.now();
        // More than it has connections.
        const hung = await Promise.allSettled(Array.from({ length: 6 }, () => accounts.tenant('default')));
        const took = performance.now() - begin;
        server().continue();
        expect(hung.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual(
          Array.from({ length: 6 }, () => 'STORE_UNAVAILABLE'),
        );
        expect(took).toBeLessThan(30_000);
        await found();

        await server().kill9();
        await expect(accounts.tenant('default')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
        await expect(medium.alone((run) => run('SELECT 1'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        // A node that starts now waits for it.
        const late = new SqlAccounts(make(server().url, 60_000));
        const opening = late.open();
        await server().restart();
        await opening;
        await late.close();
        await found();

        server().stop();
        const closing = performance.now();
        await accounts.close();
        expect(performance.now() - closing).toBeLessThan(20_000);
        server().continue();
      });
    });
  });
}
