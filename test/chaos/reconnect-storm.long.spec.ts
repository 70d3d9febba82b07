import { expect, it } from '@jest/globals';
import { judgeStorm, stormRun } from './support/storm-run.js';
import { megabytes, round, tell } from './support/results.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CLIENTS = 5_000;

it(`5,000 clients that are dropped at once are back within half a minute, on 512 MB and SQLite (SEED=${seed})`, async () => {
  const report = await stormRun({ seed, clients: CLIENTS, gapEvery: 5, deadMs: 1_000 });
  const { figures, withGap, readsWithGap, readsWithout } = report;
  const result = {
    clients: CLIENTS,
    resumedMs: round(report.resumedMs),
    resumedAfterHealMs: round(report.resumedAfterHealMs),
    withGap,
    readsWithGap,
    readsWithout,
    lagMs: figures.lag,
    cpuMs: figures.cpuMs,
    rssMb: megabytes(figures.rssBytes),
    storeCalls: figures.calls,
  };
  tell('reconnect-storm', result, 'long');
  expect(judgeStorm(report, { clients: CLIENTS, bars: { resumedMs: 30_000, lagMs: 200, blockedMs: 1500 } })).toEqual(
    [],
  );
}, 300_000);
