import { describe, expect, it } from '@jest/globals';
import { TRANSPORTS } from '../support/clients/index.js';
import { flapRun, judgeFlapping, type FlapOptions } from './support/flap-run.js';
import { tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const quick: FlapOptions = { seed, clients: 60, transports: TRANSPORTS, forMs: 5_000, rate: 100 };

describe(`clients that come and go all the time (SEED=${seed})`, () => {
  it('miss nothing, see nothing twice, and leave nothing behind', async () => {
    const report = await flapRun(quick);
    const { verdict, flaps, halfOpen, reconnects, end } = report;
    tell('flapping', { seed, accepted: verdict.accepted, flaps, halfOpen, reconnects, lagMs: end.lag.p99 }, 'quick');
    expect(judgeFlapping(report, 200, 100)).toEqual([]);
  }, 90_000);

  it('are found out where they acknowledge what they then fail to handle', async () => {
    const report = await flapRun({ ...quick, clients: 15, forMs: 1_500, sabotage: 'signs first' });
    expect(report.verdict.lost).not.toEqual([]);
  }, 90_000);

  it('are found out where they forget what they have shown', async () => {
    const report = await flapRun({ ...quick, clients: 15, forMs: 1_500, sabotage: 'forgets' });
    expect(report.verdict.duplicates).not.toEqual([]);
  }, 90_000);

  it('are found out as zombies where the server forgets to record their ends', async () => {
    const sabotage = 'presence ends are not recorded';
    const report = await flapRun({ ...quick, clients: 15, forMs: 1_000, sabotage });
    expect(report.zombies).not.toEqual([]);
  }, 90_000);
});
