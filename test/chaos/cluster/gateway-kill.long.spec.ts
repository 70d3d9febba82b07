import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { gatewayKillRun } from './support/gateway-kill-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `kill -9 of gateways with 300 clients (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, broker: rabbit.url };
  });

  it('loses nothing, shows nothing twice, and has their clients back on other nodes within seconds', async () => {
    const { figures, findings } = await gatewayKillRun({
      seed,
      cluster: () => ({ nodes: 3, ...services() }),
      clients: 300,
      conversations: 100,
      rate: 500,
      quietMs: [15_000, 20_000, 25_000],
      leastAccepted: 15_000,
    });
    tell('a gateway is killed', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);
});
