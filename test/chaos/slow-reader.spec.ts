import { describe, expect, it } from '@jest/globals';
import { judgeSlow, slowRun, type SlowOptions } from './support/slow-run.js';
import { megabytes, round, tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** Few but large messages: a system takes megabytes before a process notices that nobody reads. */
const quick: SlowOptions = {
  seed,
  clients: 9,
  messages: 240,
  bytes: 32_000,
  bytesPerSecond: 1024,
  rounds: 3,
  slowConsumerMs: 1_000,
};

describe(`clients that read a kilobyte a second (SEED=${seed})`, () => {
  it('cost a bounded amount of memory and nobody else’s time, are closed, and later have everything', async () => {
    const report = await slowRun(quick);
    const { mostBuffered, cap, rssGrowthBytes, p99WithQuick, p99WithSlow, catchUpMs } = report;
    const result = {
      seed,
      accepted: report.verdict.accepted,
      mostBuffered,
      cap,
      rssGrowthMb: megabytes(rssGrowthBytes),
      p99WithQuickMs: round(p99WithQuick),
      p99WithSlowMs: round(p99WithSlow),
      catchUpMs: round(catchUpMs),
    };
    tell('slow-reader', result, 'quick');
    expect(judgeSlow(report, quick)).toEqual([]);
  }, 120_000);

  it('are found out where nothing holds the server back from filling their sockets', async () => {
    const report = await slowRun({ ...quick, clients: 6, rounds: 1, sabotage: 'unbounded' });
    expect(report.mostBuffered).toBeGreaterThan(report.cap);
    expect(report.closedSlow).toBe(0);
  }, 120_000);
});
