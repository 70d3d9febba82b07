import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { brokerKillRun } from './support/broker-kill-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `kill -9 of the only broker, at full size (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, rabbit };
  });
  const cluster = (): ClusterOptions => ({ nodes: 3, database: services().database, broker: services().rabbit.url });

  it('goes on accepting, delivers from the store, and has everything shown soon after it is back', async () => {
    const { figures, findings } = await brokerKillRun({
      seed,
      cluster,
      broker: services().rabbit,
      clients: 300,
      conversations: 100,
      rate: 500,
      beforeMs: 15_000,
      downMs: 5_000,
      afterMs: 30_000,
      leastAccepted: 15_000,
    });
    tell('the broker is killed', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 400000);
});
