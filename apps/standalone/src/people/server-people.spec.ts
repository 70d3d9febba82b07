import { jest } from '@jest/globals';
import { PrivateMariaDb } from '../../../../test/services/mariadb.js';
import { describeWith } from '../../../../test/services/needs.js';
import { PrivatePostgres } from '../../../../test/services/postgres.js';
import { started } from '../../../../test/services/started.js';
import { MARIADB } from '../accounts/mysql-accounts-dialect.js';
import { POSTGRES } from '../accounts/postgres-accounts-dialect.js';
import { ServerMedium } from '../accounts/server-medium.js';
import { describePeople } from './people.fixture.js';

jest.setTimeout(120_000);

const KINDS = [
  {
    need: 'postgres',
    title: 'PostgreSQL',
    start: PrivatePostgres.start,
    make: (url: string) => new ServerMedium(POSTGRES, { url, waitMs: 10_000 }),
  },
  {
    need: 'mariadb',
    title: 'MariaDB',
    start: PrivateMariaDb.start,
    make: (url: string) => new ServerMedium(MARIADB, { url, waitMs: 10_000 }),
  },
] as const;

for (const { need, title, start, make } of KINDS) {
  describeWith([need], title, () => {
    const server = started<PrivatePostgres | PrivateMariaDb>((estate) => start(estate));
    let count = 0;
    describePeople(`people in ${title}`, async () => {
      const name = `people_${++count}`;
      await server().sql(`CREATE DATABASE ${name}`);
      const medium = make(server().url.replace(/[^/]+$/, name));
      await medium.open();
      return medium;
    });
  });
}
