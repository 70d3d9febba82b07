import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { brokerAlarmRun } from './support/broker-alarm-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `a broker that blocks its publishers, at full size (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, rabbit };
  });
  const cluster = (): ClusterOptions => ({ nodes: 3, database: services().database, broker: services().rabbit.url });

  it('is told of within a second, and costs no publish', async () => {
    const { figures, findings } = await brokerAlarmRun({
      seed,
      cluster,
      broker: services().rabbit,
      clients: 300,
      conversations: 100,
      rate: 500,
      alarmMs: 20_000,
      leastAccepted: 15_000,
    });
    tell('the broker raises an alarm', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 400000);
});
