import { expect, it } from '@jest/globals';
import { figures } from '../../support/checker.js';
import { killRun } from '../../support/kill-run.js';
import { checked, rule } from '../support/judge.js';
import { percentile } from './support/ledger.js';
import { tell } from './support/reliability.js';

const KILLS = 50;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`kill -9 at 50 random moments of two seconds of load finds the file sound each time (SEED=${seed})`, async () => {
  const report = await killRun({
    seed,
    kills: KILLS,
    users: 30,
    publishers: 20,
    killWithinMs: 2_000,
    quiesceMs: 60_000,
  });
  const { accepted, callbacks, lost, duplicates, inversions, unexpected, recovered } = figures(report.verdict);
  const sound = report.integrity.filter((state) => state === 'ok').length;
  const findings = [...checked(report.verdict, 10_000), ...report.problems.slice(0, 5)];
  rule(findings, report.killed === KILLS, `invalid: ${report.killed} kills`);
  rule(findings, report.interrupted >= KILLS * 0.9, `invalid: only ${report.interrupted} kills cut off a publish`);
  rule(
    findings,
    sound === KILLS + 1,
    `sound ${sound} times: ${report.integrity.filter((one) => one !== 'ok').join('; ')}`,
  );
  rule(findings, report.resets + report.gaps === 0, `${report.resets} resets, ${report.gaps} gaps`);
  tell(
    'a server on SQLite is killed 50 times',
    'long',
    {
      ...({ accepted, callbacks, lost, duplicates, inversions, unexpected, recovered } as Record<string, number>),
      seconds: Math.round(report.seconds),
      kills: report.killed,
      cutOffPublishes: report.interrupted,
      reconnects: report.reconnects,
      fileSound: sound,
      bootMedianMs: Math.round(percentile(report.bootMs, 0.5)),
      bootMaxMs: Math.round(percentile(report.bootMs, 1)),
    },
    findings,
  );
  expect(findings).toEqual([]);
}, 600_000);
