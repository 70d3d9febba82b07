import { expect, it } from '@jest/globals';
import { TRANSPORTS } from '../support/clients/index.js';
import { halfOpenRun, judgeHalfOpen } from './support/half-open-run.js';
import { tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`half-open clients of every transport, forty each, come back to all that was sent (SEED=${seed})`, async () => {
  const report = await halfOpenRun({ seed, transports: TRANSPORTS, each: 40, messages: 10 });
  const { verdict, unacknowledged, clients, returned, figures } = report;
  const { lag, retransmits } = figures;
  tell(
    'half-open',
    { clients, returned, unacknowledged, accepted: verdict.accepted, retransmits, lagMs: lag.p99 },
    'long',
  );
  expect(judgeHalfOpen(report, 3 * 10 * clients)).toEqual([]);
}, 180_000);
