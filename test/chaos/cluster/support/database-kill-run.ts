import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface DatabaseKillOptions extends DrillOptions {
  readonly database: { kill9(): Promise<void>; restart(): Promise<void> };
  readonly beforeMs: number;
  readonly downMs: number;
  readonly afterMs: number;
  readonly leastAccepted: number;
  /** How often it is killed. Default once. */
  readonly times?: number;
}

const BACK_MS = 5_000;
/** A publish is answered, one way or the other, within. */
const ANSWER_MS = 12_000;

/** The database and all its processes die with -9 and are started again. */
export async function databaseKillRun(options: DatabaseKillOptions): Promise<Report> {
  const { database, beforeMs, downMs, afterMs, leastAccepted, times = 1 } = options;
  return Drill.with(options, async (drill) => {
    await drill.begin();
    const { ledger, publishers, cluster } = drill;
    const pids = cluster.nodes.map(({ pid }) => pid);
    const rounds: { backMs: number; acceptedWhileDown: number; refused: number }[] = [];
    for (let round = 0; round < times; round++) {
      await drill.hold(beforeMs);
      const refusedBefore = refusals(publishers.refusals);
      await database.kill9();
      const downAt = performance.now();
      await drill.hold(downMs);
      const lastDownAt = performance.now();
      await database.restart();
      const upAt = performance.now();
      await eventually(() => ledger.acceptedBetween(upAt, Infinity) > 0, 30_000).catch(() => undefined);
      const first = ledger.acceptances.find((at) => at >= lastDownAt) ?? Infinity;
      rounds.push({
        backMs: Math.max(0, first - upAt),
        // An answer that was on its way when it died arrives within the moment.
        acceptedWhileDown: ledger.acceptedBetween(downAt + 500, lastDownAt),
        refused: refusals(publishers.refusals) - refusedBefore,
      });
      await drill.hold(afterMs);
    }
    const outcome = await drill.end();
    const findings = judgeDrill(drill, outcome, leastAccepted);
    for (const { backMs, acceptedWhileDown, refused } of rounds) {
      rule(findings, acceptedWhileDown === 0, `invalid: ${acceptedWhileDown} accepted by no database`);
      rule(findings, refused > 0, 'invalid: no publish was refused');
      rule(findings, backMs <= BACK_MS, `the first publish was accepted ${round(backMs)} ms after it was back`);
    }
    rule(findings, outcome.slowestAnswerMs <= ANSWER_MS, `a publish was answered after ${outcome.slowestAnswerMs} ms`);
    const others = Object.keys(outcome.refusals).filter((code) => code !== 'STORE_UNAVAILABLE');
    rule(findings, others.length === 0, `refused with ${others.join(', ')}`);
    const same = cluster.nodes.every(({ pid, isRunning }, n) => isRunning && pid === pids[n]);
    rule(findings, same && cluster.nodes.every(({ ends }) => ends.length === 0), 'a node ended');
    const figures = {
      ...figuresOf(outcome),
      kills: times,
      acceptedAgainAfterMs: round(Math.max(...rounds.map(({ backMs }) => backMs))),
      recognisedRetries: outcome.recognised,
    };
    return { outcome, figures, findings };
  });
}

const refusals = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
