import { describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { figures } from '../support/checker.js';
import { killRun, type KillRunReport } from '../support/kill-run.js';

const KILLS = 50;
const MIN_ACCEPTED = 1_000;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

describe(`kill -9 under load (SEED=${seed})`, () => {
  it('loses nothing that was accepted, shows nothing twice, keeps every order, at 50 random moments', async () => {
    const report = await killRun({
      seed,
      kills: KILLS,
      users: 12,
      publishers: 6,
      killWithinMs: 600,
      quiesceMs: 30_000,
    });
    tell('kill-nine', report);

    // Without load and without effect the run says nothing.
    expect(report.killed).toBe(KILLS);
    expect(report.interrupted).toBeGreaterThanOrEqual(KILLS * 0.9);
    expect(report.verdict.accepted).toBeGreaterThanOrEqual(MIN_ACCEPTED);
    expect(report.reconnects).toBeGreaterThanOrEqual(KILLS);

    expect(report.integrity.filter((state) => state !== 'ok')).toEqual([]);
    expect(report.integrity).toHaveLength(KILLS + 1);
    expect(report.problems).toEqual([]);
    const { lost, duplicates, unexpected, inversions } = report.verdict;
    expect({ lost, duplicates, unexpected, inversions }).toEqual({
      lost: [],
      duplicates: [],
      unexpected: [],
      inversions: [],
    });
    expect({ resets: report.resets, gaps: report.gaps }).toEqual({ resets: 0, gaps: 0 });
  }, 420_000);

  it('is found out when a client forgets its cursor: then messages are shown twice', async () => {
    const report = await killRun({
      seed,
      kills: 3,
      users: 2,
      publishers: 2,
      killWithinMs: 400,
      quiesceMs: 10_000,
      sabotage: 'cursor-forgotten',
    });
    expect(report.verdict.accepted).toBeGreaterThan(10);
    expect(report.verdict.duplicates.length + report.verdict.inversions.length).toBeGreaterThan(0);
  }, 120_000);
});

/** On the screen, and in a file that a run leaves behind. */
function tell(name: string, report: KillRunReport): void {
  const boots = [...report.bootMs].sort((a, b) => a - b);
  const result = {
    seed,
    ...figures(report.verdict),
    killed: report.killed,
    interrupted: report.interrupted,
    integrityOk: report.integrity.filter((state) => state === 'ok').length,
    reconnects: report.reconnects,
    bootMsMedian: Math.round(boots[Math.floor(boots.length / 2)] ?? 0),
    bootMsMax: Math.round(boots.at(-1) ?? 0),
    seconds: Math.round(report.seconds),
  };
  process.stdout.write(`${name}: ${JSON.stringify(result)}\n`);
  const dir = path.resolve(__dirname, '../../coverage/results');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, `${name}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
}
