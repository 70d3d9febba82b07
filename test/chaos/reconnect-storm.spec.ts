import { describe, expect, it } from '@jest/globals';
import { judgeStorm, stormRun, type StormOptions } from './support/storm-run.js';
import { round, tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** In a short run the worst moment is the p99; the long one holds the real bar. */
const bars = { resumedMs: 30_000, lagMs: 400, blockedMs: 1500 };
const quick: StormOptions = { seed, clients: 500, gapEvery: 5, deadMs: 300 };

describe(`clients that are all dropped at once (SEED=${seed})`, () => {
  it('are back soon, with what they missed, at the price of the reads of those who missed something', async () => {
    const report = await stormRun(quick);
    const { resumedMs, readsWithGap, readsWithout, withGap, figures } = report;
    const { lag, calls, cpuMs } = figures;
    const result = { seed, clients: 500, resumedMs: round(resumedMs), withGap, readsWithGap, readsWithout, lag, cpuMs };
    tell('reconnect-storm', { ...result, storeCalls: calls }, 'quick');
    expect(judgeStorm(report, { clients: 500, bars })).toEqual([]);
  }, 90_000);

  it('are found out where every connect reads its stream', async () => {
    const report = await stormRun({ ...quick, clients: 50, sabotage: 'every connect reads its stream' });
    expect(judgeStorm(report, { clients: 50, bars }).join()).toMatch(/pages read of streams without a gap/);
  }, 90_000);

  it('are found out where every connect holds up the event loop', async () => {
    const report = await stormRun({ ...quick, clients: 40, sabotage: 'every connect blocks' });
    expect(judgeStorm(report, { clients: 40, bars }).join()).toMatch(/event loop late/);
  }, 90_000);

  it('are found out where they forget what they have shown', async () => {
    const report = await stormRun({ ...quick, clients: 50, sabotage: 'forgets' });
    expect(report.verdict.duplicates).not.toEqual([]);
  }, 90_000);
});
