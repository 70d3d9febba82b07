import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { partitionRun } from './support/partition-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(
  ['postgres', 'rabbitmq', 'firewall'],
  `a network between nodes and broker that breaks, at full size (SEED=${seed})`,
  () => {
    const services = started(async (estate) => {
      const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
      return { database: postgres.url, rabbit };
    });
    const cluster = (): ClusterOptions => ({ nodes: 3, database: services().database, broker: services().rabbit.url });

    it('costs no publish, and leaves one connection a node behind', async () => {
      const { figures, findings } = await partitionRun({
        seed,
        cluster,
        broker: services().rabbit,
        clients: 300,
        conversations: 100,
        rate: 500,
        kinds: ['both ways', 'towards the nodes', 'flapping'],
        forMs: 20_000,
        leastAccepted: 20_000,
      });
      tell('a network between nodes and broker breaks', 'long', figures, findings);
      expect(findings).toEqual([]);
    }, 500000);
  },
);
