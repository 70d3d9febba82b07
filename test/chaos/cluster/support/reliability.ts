import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { figures } from '../../../support/checker.js';
import type { Findings } from '../../support/judge.js';
import type { Outcome } from './drill.js';
import { pageOf } from './reliability-page.js';

const ROOT = path.resolve(__dirname, '../../../..');
export const RESULTS_FILE = path.join(ROOT, 'docs/benchmarks/reliability.json');
export const PAGE_FILE = path.join(ROOT, 'docs/reliability.md');

export type Lane = 'quick' | 'long';
export type Figure = number | string | readonly string[] | Readonly<Record<string, unknown>>;
export type Figures = Readonly<Record<string, Figure>>;
/** By scenario, then by lane. */
export type Results = Readonly<Record<string, Partial<Readonly<Record<Lane, Figures>>>>>;

/**
 * One line on the screen; with PUSH_WRITE_RESULTS=1 kept as well, and the page written from all that is kept. Of a run that
 * broke something nothing is kept.
 */
export function tell(scenario: string, lane: Lane, told: Figures, findings: Findings): void {
  process.stdout.write(`${scenario} (${lane}): ${JSON.stringify(told)}\n`);
  if (process.env.PUSH_WRITE_RESULTS !== '1' || findings.length > 0) return;
  const results = kept();
  const next: Results = { ...results, [scenario]: { ...results[scenario], [lane]: told } };
  mkdirSync(path.dirname(RESULTS_FILE), { recursive: true });
  writeFileSync(RESULTS_FILE, `${JSON.stringify(next, undefined, 2)}\n`);
  writeFileSync(PAGE_FILE, pageOf(next));
}

export function kept(): Results {
  try {
    return JSON.parse(readFileSync(RESULTS_FILE, 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** What every scenario tells. */
export function figuresOf(outcome: Outcome): Figures {
  const { accepted, callbacks, lost, duplicates, inversions, unexpected, recovered } = figures(outcome.verdict);
  return {
    accepted: accepted ?? 0,
    callbacks: callbacks ?? 0,
    lost: lost ?? 0,
    duplicates: duplicates ?? 0,
    inversions: inversions ?? 0,
    unexpected: unexpected ?? 0,
    recovered: recovered ?? 0,
    seconds: Math.round(outcome.seconds),
    reconnects: outcome.reconnects,
    refused: { ...outcome.refusals, unanswered: outcome.unanswered },
    closeCodes: outcome.codes,
    deliveryP50Ms: Math.round(outcome.deliveryMs.p50),
    deliveryP99Ms: Math.round(outcome.deliveryMs.p99),
    deliveryMaxMs: Math.round(outcome.deliveryMs.max),
    slowestAnswerMs: Math.round(outcome.slowestAnswerMs),
    drainedMs: Math.round(outcome.drainedMs),
    rssGrowthMb: Math.round(outcome.rssGrowthBytes / 104_857.6) / 10,
  };
}
