import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbitCluster } from '../../services/rabbit-cluster.js';
import { started } from '../../services/started.js';
import { brokerClusterRun, type BrokerClusterOptions } from './support/broker-cluster-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `kill -9 of one of three brokers (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, brokers] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbitCluster.start(estate)]);
    return { postgres, brokers };
  });
  const options = (): BrokerClusterOptions => {
    const { postgres, brokers } = services();
    return {
      seed,
      brokers,
      // One broker a node, as a cluster is usually reached: the one that dies is the one somebody is connected to.
      cluster: () => ({ nodes: 3, database: postgres.url, brokerOf: (n) => brokers.nodes[n]?.url }),
      clients: 150,
      conversations: 60,
      rate: 200,
      betweenMs: 10_000,
      leastAccepted: 5_000,
    };
  };

  it('loses nothing, and pauses nothing for long', async () => {
    const { figures, findings } = await brokerClusterRun(options());
    tell('one of three brokers is killed', 'long', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);

  it('is found out where clients sign for what they then fail to handle', async () => {
    const few = { clients: 15, conversations: 10, rate: 50, betweenMs: 1_000, leastAccepted: 1 };
    const { outcome } = await brokerClusterRun({ ...options(), ...few, sabotage: 'signs first' });
    expect(outcome.verdict.lost).not.toEqual([]);
  }, 300_000);
});
