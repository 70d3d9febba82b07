import { rule } from '../../support/judge.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface GatewayKillOptions extends DrillOptions {
  /** Before the first kill, between the two, and after the second. Milliseconds. */
  readonly quietMs: readonly [number, number, number];
  readonly leastAccepted: number;
}

/** How long a client that lost its node may be without what was accepted. */
const GAP_MS = 5_000;

/** Two nodes die with -9, one after the other; the first is back before the second goes. */
export async function gatewayKillRun(options: GatewayKillOptions): Promise<Report> {
  return Drill.with(options, async (drill) => {
    await drill.begin();
    const [first, second, last] = options.quietMs;
    const kills: { affected: string[]; at: number; signal: string | null; unanswered: number }[] = [];
    const kill = async (n: number): Promise<void> => {
      const affected = drill.crowd.on(n);
      const before = drill.publishers.unanswered;
      const at = performance.now();
      const { signal } = await drill.cluster.node(n).end('SIGKILL');
      await drill.hold(second / 2);
      kills.push({ affected, at, signal, unanswered: drill.publishers.unanswered - before });
    };
    await drill.hold(first);
    await kill(0);
    await drill.cluster.node(0).start();
    await drill.hold(second / 2);
    await kill(1);
    await drill.hold(last);
    const outcome = await drill.end();

    const gaps = kills.map(({ affected, at }) => drill.tripsOf(affected, at - 500, at + GAP_MS));
    const findings = judgeDrill(drill, outcome, options.leastAccepted);
    for (const [n, { affected, signal, unanswered }] of kills.entries()) {
      rule(findings, signal === 'SIGKILL', `invalid: node ${n} ended with ${signal}`);
      rule(findings, affected.length >= options.clients / 8, `invalid: node ${n} held only ${affected.length} clients`);
      rule(findings, unanswered > 0, `invalid: no publisher noticed that node ${n} was dead`);
      const gap = gaps[n]?.p99 ?? 0;
      rule(findings, gap <= GAP_MS, `clients of node ${n} waited ${round(gap)} ms for what was accepted (p99)`);
    }
    const figures = {
      ...figuresOf(outcome),
      affectedClients: kills.map(({ affected }) => String(affected.length)),
      gapP99Ms: round(Math.max(...gaps.map(({ p99 }) => p99))),
      gapMaxMs: round(Math.max(...gaps.map(({ max }) => max))),
      recognisedRetries: outcome.recognised,
    };
    return { outcome, figures, findings };
  });
}
