import { expect, it } from '@jest/globals';
import { PrivateMariaDb } from '../../services/mariadb.js';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { databaseKillRun } from './support/database-kill-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const load = { seed, clients: 300, conversations: 100, rate: 500 };
const times = { times: 3, beforeMs: 10_000, downMs: 3_000, afterMs: 8_000, leastAccepted: 10_000 };

describeWith(['postgres', 'rabbitmq'], `kill -9 of PostgreSQL, three times at full size (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { postgres, rabbit };
  });

  it('ends no node, hangs no publish, and loses nothing that was accepted', async () => {
    const { postgres, rabbit } = services();
    const cluster = () => ({ nodes: 3, database: postgres.url, broker: rabbit.url });
    const { figures, findings } = await databaseKillRun({ ...load, ...times, cluster, database: postgres });
    tell('PostgreSQL is killed', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);
});

describeWith(['mariadb', 'rabbitmq'], `kill -9 of MariaDB, three times at full size (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [mariadb, rabbit] = await Promise.all([PrivateMariaDb.start(estate), PrivateRabbit.start(estate)]);
    return { mariadb, rabbit };
  });

  it('ends no node, hangs no publish, and loses nothing that was accepted', async () => {
    const { mariadb, rabbit } = services();
    const cluster = () => ({ nodes: 3, database: mariadb.url, broker: rabbit.url });
    const { figures, findings } = await databaseKillRun({ ...load, ...times, cluster, database: mariadb });
    tell('MariaDB is killed', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);
});
