import { describe, expect, it } from '@jest/globals';
import { TRANSPORTS } from '../support/clients/index.js';
import { halfOpenRun, judgeHalfOpen, type HalfOpenOptions } from './support/half-open-run.js';
import { tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const quick: HalfOpenOptions = { seed, transports: TRANSPORTS, each: 4, messages: 3 };

describe(`clients whose packets vanish while their sockets stay (SEED=${seed})`, () => {
  it('are noticed, resume over new links without loss or repetition, and read online exactly while they are', async () => {
    const report = await halfOpenRun(quick);
    const { verdict, unacknowledged, clients, returned } = report;
    tell('half-open', { seed, clients, returned, unacknowledged, accepted: verdict.accepted }, 'quick');
    expect(judgeHalfOpen(report, 3 * 3 * clients)).toEqual([]);
  }, 60_000);

  it('are found out where they forget what they have shown', async () => {
    const report = await halfOpenRun({ ...quick, transports: ['websocket', 'poll'], sabotage: 'forgets' });
    expect(report.verdict.duplicates).not.toEqual([]);
  }, 60_000);

  it('are found out where the server forgets to record their ends', async () => {
    const sabotage = 'presence ends are not recorded';
    const report = await halfOpenRun({ ...quick, transports: ['websocket'], each: 2, sabotage });
    expect(judgeHalfOpen(report, 1)).toContain('gave up half-open links, but they read as online');
  }, 60_000);
});
