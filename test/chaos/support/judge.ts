import type { Verdict } from '../../support/checker.js';

/** What a run broke, in words; empty when it held. `invalid`: the run says nothing. */
export type Findings = string[];

/** A rule that was held or not. */
export const rule = (findings: Findings, holds: boolean, otherwise: string): void =>
  void (holds || findings.push(otherwise));

/** 0 lost, 0 shown twice, 0 out of order, 0 unexpected; and enough was accepted to say so. */
export function checked(verdict: Verdict, leastAccepted: number): Findings {
  const findings: Findings = [];
  const { lost, duplicates, inversions, unexpected } = verdict;
  for (const [what, places] of Object.entries({ lost, duplicates, inversions, unexpected })) {
    rule(findings, places.length === 0, `${places.length} ${what}: ${places.slice(0, 3).join(', ')}`);
  }
  rule(findings, verdict.accepted >= leastAccepted, `invalid: only ${verdict.accepted} accepted`);
  return findings;
}

/** Said by clients and server along the way. */
export const told = (problems: readonly string[]): Findings => problems.slice(0, 5);
