import { expect, it } from '@jest/globals';
import { TRANSPORTS } from '../support/clients/index.js';
import { flapRun, judgeFlapping } from './support/flap-run.js';
import { tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`300 clients that come and go for a minute miss nothing and leave nothing behind (SEED=${seed})`, async () => {
  const report = await flapRun({ seed, clients: 300, transports: TRANSPORTS, forMs: 60_000, rate: 300 });
  const { verdict, flaps, halfOpen, reconnects, end } = report;
  const { accepted, callbacks } = verdict;
  tell('flapping', { accepted, callbacks, flaps, halfOpen, reconnects, lagMs: end.lag, cpuMs: end.cpuMs }, 'long');
  expect(judgeFlapping(report, 9_000, 5_000)).toEqual([]);
}, 240_000);
