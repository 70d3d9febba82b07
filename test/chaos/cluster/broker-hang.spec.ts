import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { brokerHangRun } from './support/broker-hang-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `a broker that hangs (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, rabbit };
  });
  const cluster = (): ClusterOptions => ({ nodes: 3, database: services().database, broker: services().rabbit.url });

  it('is noticed, costs no publish, and leaves one connection a node behind', async () => {
    const { figures, findings } = await brokerHangRun({
      seed,
      cluster,
      broker: services().rabbit,
      clients: 60,
      conversations: 30,
      rate: 100,
      beforeMs: 2_000,
      hungMs: 18_000,
      afterMs: 3_000,
      leastAccepted: 1_000,
    });
    tell('the broker hangs', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 240000);

  it('is found out where clients sign for what they then fail to handle', async () => {
    const { outcome } = await brokerHangRun({
      seed,
      broker: services().rabbit,
      cluster,
      clients: 15,
      conversations: 10,
      rate: 50,
      beforeMs: 500,
      hungMs: 2_000,
      afterMs: 500,
      leastAccepted: 1,
      sabotage: 'signs first',
    });
    expect(outcome.verdict.lost).not.toEqual([]);
  }, 240000);
});
