import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { brokerKillRun } from './support/broker-kill-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `kill -9 of the only broker (SEED=${seed})`, () => {
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
      clients: 60,
      conversations: 30,
      rate: 100,
      beforeMs: 8_000,
      downMs: 4_000,
      afterMs: 5_000,
      leastAccepted: 800,
    });
    tell('the broker is killed', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 240000);

  it('is found out where nothing but hints tells a node of new entries', async () => {
    const { outcome } = await brokerKillRun({
      seed,
      broker: services().rabbit,
      cluster: () => ({
        ...cluster(),
        env: { PUSH_LIMIT_SWEEP_MS: '600000', PUSH_LIMIT_SWEEP_WITHOUT_BUS_MS: '600000' },
      }),
      clients: 15,
      conversations: 10,
      rate: 50,
      transports: ['websocket'],
      beforeMs: 500,
      downMs: 4_000,
      afterMs: 0,
      leastAccepted: 1,
      staysDown: true,
      patienceMs: 12_000,
    });
    expect(outcome.verdict.lost).not.toEqual([]);
  }, 240000);
});
