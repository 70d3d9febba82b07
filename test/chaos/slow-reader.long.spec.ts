import { expect, it } from '@jest/globals';
import { judgeSlow, slowRun, type SlowOptions } from './support/slow-run.js';
import { megabytes, round, tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`50 clients that read a kilobyte a second while each gets 2,000 × 4 KB bother nobody (SEED=${seed})`, async () => {
  const options: SlowOptions = {
    seed,
    clients: 50,
    messages: 2_000,
    bytes: 4_096,
    bytesPerSecond: 1024,
    rounds: 5,
    slowConsumerMs: 10_000,
  };
  const report = await slowRun(options);
  const result = {
    accepted: report.verdict.accepted,
    callbacks: report.verdict.callbacks,
    closedSlow: report.closedSlow,
    overflowing: report.overflowing,
    closedOverflowing: report.closedOverflowing,
    slowEnds: report.slowEnds,
    mostBufferedBytes: report.figures.mostBuffered,
    capBytes: report.cap,
    rssGrowthMb: megabytes(report.rssGrowthBytes),
    rssAllowedMb: megabytes(report.rssAllowedBytes),
    p99WithQuickMs: round(report.p99WithQuick),
    p99WithSlowMs: round(report.p99WithSlow),
    probes: report.probes,
    catchUpMs: round(report.catchUpMs),
  };
  tell('slow-reader', result, 'long');
  expect(judgeSlow(report, options)).toEqual([]);
}, 300_000);
