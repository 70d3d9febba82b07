import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import type { ClusterOptions } from './support/cluster.js';
import { lastOrdersRun } from './support/last-orders-run.js';
import { oddEndsRun } from './support/odd-ends-run.js';
import { tell } from './support/reliability.js';
import { rollingRun, type RollingOptions } from './support/rolling-run.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq'], `nodes that are told to end (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { database: postgres.url, rabbit };
  });
  const cluster = (): ClusterOptions => {
    const { database, rabbit } = services();
    return { nodes: 3, database, broker: rabbit.url };
  };
  const quick: RollingOptions = {
    seed,
    cluster,
    clients: 60,
    conversations: 30,
    rate: 100,
    betweenMs: 2_000,
    leastAccepted: 600,
  };

  it('one after the other lose nothing, show nothing twice, and send their clients elsewhere', async () => {
    const { figures, findings } = await rollingRun(quick);
    tell('all nodes are restarted in turn', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('take nothing more from the queue, and tell each client a time of its own to come back', async () => {
    const { figures, findings } = await lastOrdersRun(cluster());
    tell('a node is told to end', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 120_000);

  it('twice, or while the broker is down, end in good order and in time all the same', async () => {
    const { broker, ...load } = { ...quick, broker: services().rabbit, clients: 30, leastAccepted: 300 };
    const { figures, findings } = await oddEndsRun({ ...load, broker });
    tell('nodes end at awkward times', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('are found out where clients forget what they have shown', async () => {
    const { outcome } = await rollingRun({ ...quick, clients: 15, betweenMs: 500, sabotage: 'forgets' });
    expect(outcome.verdict.duplicates).not.toEqual([]);
  }, 180_000);
});
