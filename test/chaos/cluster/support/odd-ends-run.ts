import type { PrivateRabbit } from '../../../services/rabbit.js';
import { rule } from '../../support/judge.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface OddEndsOptions extends DrillOptions {
  readonly broker: PrivateRabbit;
  readonly leastAccepted: number;
}

const GRACE_MS = 10_000;
const AGAIN_MS = 300;

/** A node is told to end twice; another one while the broker is down. */
export async function oddEndsRun(options: OddEndsOptions): Promise<Report> {
  const { broker, leastAccepted } = options;
  return Drill.with(options, async (drill) => {
    await drill.begin();
    await drill.hold(1_000);
    const twice = drill.cluster.node(0);
    const begin = performance.now();
    twice.tell('SIGTERM');
    await drill.hold(AGAIN_MS);
    const { code: codeOfTwice } = await twice.end('SIGTERM');
    const twiceMs = performance.now() - begin;
    await twice.start();
    await drill.hold(2_000);

    await broker.kill9();
    const downAt = performance.now();
    await drill.hold(1_000);
    const { code: codeWithout } = await drill.cluster.node(1).end('SIGTERM');
    const withoutMs = performance.now() - downAt - 1_000;
    await drill.hold(500);
    await broker.restart();
    await drill.cluster.node(1).start();
    await drill.hold(2_000);
    const outcome = await drill.end();

    const findings = judgeDrill(drill, outcome, leastAccepted);
    const ok = (code: number | null, ms: number): boolean => code === 0 && ms <= GRACE_MS;
    rule(findings, ok(codeOfTwice, twiceMs), `told twice, it ended with ${codeOfTwice} after ${round(twiceMs)} ms`);
    rule(
      findings,
      ok(codeWithout, withoutMs),
      `without a broker, ended with ${codeWithout} after ${round(withoutMs)} ms`,
    );
    const figures = {
      ...figuresOf(outcome),
      toldTwiceEndedAfterMs: round(twiceMs),
      withoutBrokerEndedAfterMs: round(withoutMs),
      exitCodes: [String(codeOfTwice), String(codeWithout)],
    };
    return { outcome, figures, findings };
  });
}
