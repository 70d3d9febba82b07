import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { tell } from './support/reliability.js';
import { rollingRun } from './support/rolling-run.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `nodes that are told to end, with 300 clients (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, broker: rabbit.url };
  });

  it('one after the other lose nothing, show nothing twice, and send their clients elsewhere', async () => {
    const { figures, findings } = await rollingRun({
      seed,
      cluster: () => ({ nodes: 3, ...services() }),
      clients: 300,
      conversations: 100,
      rate: 500,
      betweenMs: 12_000,
      leastAccepted: 15_000,
    });
    tell('all nodes are restarted in turn', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);
});
