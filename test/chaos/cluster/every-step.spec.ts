import { expect, it } from '@jest/globals';
import path from 'node:path';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import {
  BROKER_POINTS,
  everyStepRun,
  LINK_POINTS,
  STORE_POINTS,
  type EveryStepOptions,
} from './support/every-step-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const quick: Omit<EveryStepOptions, 'services' | 'points'> = {
  seed,
  clients: 24,
  conversations: 12,
  members: 3,
  rate: 40,
  leastAccepted: 250,
};

describeWith([], `a server on SQLite that dies at every step (SEED=${seed})`, () => {
  const folder = started(async (estate) => estate.folder());

  it('loses nothing and shows nothing twice', async () => {
    const services = (): ReturnType<EveryStepOptions['services']> => ({
      nodes: 1,
      database: `sqlite:${path.join(folder(), 'push.db')}`,
    });
    const { figures, findings } = await everyStepRun({ ...quick, services, points: [...STORE_POINTS, ...LINK_POINTS] });
    tell('a server on SQLite dies at every step', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);
});

describeWith(['postgres', 'rabbitmq'], `a node of a cluster that dies at every step (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const [postgres, rabbit] = await Promise.all([PrivatePostgres.start(estate), PrivateRabbit.start(estate)]);
    return { nodes: 2, database: postgres.url, broker: rabbit.url };
  });

  it('loses nothing and shows nothing twice', async () => {
    const points = [...STORE_POINTS, ...LINK_POINTS, ...BROKER_POINTS];
    const { figures, findings } = await everyStepRun({ ...quick, services, points });
    tell('a node of a cluster dies at every step', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 300_000);

  it('is found out where it calls work done before it is', async () => {
    const points = ['write before', 'write before', 'write before'];
    const { outcome } = await everyStepRun({
      ...quick,
      services,
      points,
      planted: 'confirms first',
      patienceMs: 5_000,
    });
    expect(outcome.verdict.lost.filter((place) => place.includes(' amqp-'))).not.toEqual([]);
  }, 180_000);
});
