import type { Findings } from '../../support/judge.js';
import type { Outcome } from './drill.js';
import type { Figures } from './reliability.js';

/** What a scenario's run comes to. */
export interface Report {
  readonly outcome: Outcome;
  readonly figures: Figures;
  /** What was broken, in words; empty when the scenario holds. */
  readonly findings: Findings;
}

export const round = (value: number): number => Math.round(value);
