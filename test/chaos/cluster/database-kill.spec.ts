import { expect, it } from '@jest/globals';
import { PrivateMariaDb } from '../../services/mariadb.js';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { databaseKillRun } from './support/database-kill-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const load = { seed, clients: 60, conversations: 30, rate: 100 };
const small = { seed, clients: 15, conversations: 10, rate: 50 };
const times = { beforeMs: 3_000, downMs: 3_000, afterMs: 5_000, leastAccepted: 300 };

describeWith(['postgres', 'rabbitmq'], `kill -9 of PostgreSQL (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { postgres, rabbit };
  });
  const cluster = (): ClusterOptions => {
    const { postgres, rabbit } = services();
    return { nodes: 3, database: postgres.url, broker: rabbit.url };
  };

  it('ends no node, hangs no publish, and loses nothing that was accepted', async () => {
    const { figures, findings } = await databaseKillRun({ ...load, ...times, cluster, database: services().postgres });
    tell('PostgreSQL is killed', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('is found out where clients sign for what they then fail to handle', async () => {
    const { outcome } = await databaseKillRun({
      ...small,
      ...{ beforeMs: 500, downMs: 500, afterMs: 500, leastAccepted: 1, sabotage: 'signs first' },
      cluster,
      database: services().postgres,
    });
    expect(outcome.verdict.lost).not.toEqual([]);
  }, 180_000);
});

describeWith(['postgres', 'rabbitmq'], `kill -9 of a PostgreSQL that answers before it writes (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const settings = { synchronous_commit: 'off', wal_writer_delay: '10000ms' };
    const [postgres, rabbit] = await Promise.all([
      PrivatePostgres.start(estate, { settings }),
      PrivateRabbit.start(estate),
    ]);
    return { postgres, rabbit };
  });

  it('loses what somebody else was told is stored', async () => {
    const { postgres } = services();
    await postgres.sql('CREATE TABLE told (n int)');
    await postgres.sql('CHECKPOINT');
    for (let n = 0; n < 50; n++) await postgres.sql(`INSERT INTO told VALUES (${n})`);
    await postgres.kill9();
    await postgres.restart();
    const [row] = await postgres.sql('SELECT count(*) AS kept FROM told');
    expect(Number(row?.kept)).toBeLessThan(50);
  }, 60_000);

  it('loses nothing of ours: the store asks for durable commits itself', async () => {
    const { postgres, rabbit } = services();
    const cluster: ClusterOptions = { nodes: 2, database: postgres.url, broker: rabbit.url };
    const few = { ...small, beforeMs: 1_500, downMs: 500, afterMs: 1_000, leastAccepted: 50, times: 2 };
    const { findings, figures } = await databaseKillRun({ ...few, cluster: () => cluster, database: postgres });
    tell('PostgreSQL answers before it writes', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);
});

describeWith(['mariadb', 'rabbitmq'], `kill -9 of MariaDB (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [mariadb, rabbit] = await Promise.all([PrivateMariaDb.start(estate), PrivateRabbit.start(estate)]);
    return { mariadb, rabbit };
  });
  const cluster = (): ClusterOptions => {
    const { mariadb, rabbit } = services();
    return { nodes: 3, database: mariadb.url, broker: rabbit.url };
  };

  it('ends no node, hangs no publish, and loses nothing that was accepted', async () => {
    const { figures, findings } = await databaseKillRun({ ...load, ...times, cluster, database: services().mariadb });
    tell('MariaDB is killed', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);
});
