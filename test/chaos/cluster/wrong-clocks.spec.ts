import { expect, it } from '@jest/globals';
import { describeWith } from '../../services/needs.js';
import { OtherClock } from '../../services/other-clock.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { PrivateRabbit } from '../../services/rabbit.js';
import { started } from '../../services/started.js';
import { clockRun, type ClockOptions } from './support/clock-run.js';
import { tell } from './support/reliability.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describeWith(['postgres', 'rabbitmq', 'other clocks'], `wall clocks that are wrong (SEED=${seed})`, () => {
  const services = started(async (estate) => {
    const clock = OtherClock.make(estate);
    clock.set(-300);
    const [postgres, rabbit, late] = await Promise.all([
      PrivatePostgres.start(estate),
      PrivateRabbit.start(estate),
      PrivatePostgres.start(estate, { env: clock.env }),
    ]);
    return { postgres, rabbit, late };
  });
  const quick: ClockOptions = {
    seed,
    services: () => ({ nodes: 3, database: services().postgres.url, broker: services().rabbit.url }),
    clients: 60,
    conversations: 30,
    rate: 100,
    stepMs: 3_000,
    leastAccepted: 800,
  };

  it('of nodes lose nothing, expire nothing and nobody, and turn no order around', async () => {
    const { figures, findings } = await clockRun(quick);
    tell('clocks are wrong', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('of the database, five minutes behind, neither', async () => {
    const { postgres, rabbit, late } = services();
    const [[now], [then]] = await Promise.all([
      postgres.sql(`SELECT extract(epoch FROM now()) AS at`),
      late.sql(`SELECT extract(epoch FROM now()) AS at`),
    ]);
    expect(Math.abs(Number(now?.at) - Number(then?.at) - 300)).toBeLessThan(30);
    const database = (): ReturnType<ClockOptions['services']> => ({ nodes: 3, database: late.url, broker: rabbit.url });
    const { figures, findings } = await clockRun({
      ...quick,
      services: database,
      clients: 30,
      stepMs: 1_500,
      leastAccepted: 300,
      // A server under libfaketime cuts a statement off now and then: its timers ask the clock that is not real.
      mayRefuse: 20,
    });
    tell('the database’s clock is wrong', 'quick', figures, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('are found out where clients sign for what they then fail to handle', async () => {
    const { outcome } = await clockRun({ ...quick, clients: 15, stepMs: 300, sabotage: 'signs first' });
    expect(outcome.verdict.lost).not.toEqual([]);
  }, 180_000);
});
