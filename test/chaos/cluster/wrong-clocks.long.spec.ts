import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { clockRun } from './support/clock-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(
  ['postgres', 'rabbitmq', 'other clocks'],
  `wall clocks that are wrong, with 300 clients (SEED=${seed})`,
  () => {
    const services = started(async (estate) => {
      const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
      return { database: postgres.url, broker: rabbit.url };
    });

    it('lose nothing, expire nothing and nobody, and turn no order around', async () => {
      const { figures, findings } = await clockRun({
        seed,
        services: () => ({ nodes: 3, ...services() }),
        clients: 300,
        conversations: 100,
        rate: 500,
        stepMs: 10_000,
        leastAccepted: 15_000,
      });
      tell('clocks are wrong', 'long', figures, findings);
      expect(findings).toEqual([]);
    }, 300_000);
  },
);
