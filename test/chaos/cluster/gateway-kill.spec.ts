import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { gatewayKillRun, type GatewayKillOptions } from './support/gateway-kill-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `kill -9 of gateways (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, broker: rabbit.url };
  });
  const quick: GatewayKillOptions = {
    seed,
    cluster: () => ({ nodes: 3, ...services() }),
    clients: 60,
    conversations: 30,
    rate: 100,
    quietMs: [3_000, 6_000, 6_000],
    leastAccepted: 800,
  };

  it('loses nothing, shows nothing twice, and has their clients back on other nodes within seconds', async () => {
    const { figures, findings } = await gatewayKillRun(quick);
    tell('a gateway is killed', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('is found out where clients forget what they have shown', async () => {
    const { outcome } = await gatewayKillRun({
      ...quick,
      clients: 20,
      quietMs: [1_000, 2_000, 1_000],
      sabotage: 'forgets',
    });
    expect(outcome.verdict.duplicates).not.toEqual([]);
  }, 180_000);
});
