import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { brokerHangRun } from './support/broker-hang-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `a broker that hangs, at full size (SEED=${seed})`, () => {
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
      clients: 300,
      conversations: 100,
      rate: 500,
      beforeMs: 15_000,
      hungMs: 30_000,
      afterMs: 15_000,
      leastAccepted: 15_000,
    });
    tell('the broker hangs', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 400000);
});
