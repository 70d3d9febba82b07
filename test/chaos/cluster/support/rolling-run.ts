import { rule } from '../../support/judge.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface RollingOptions extends DrillOptions {
  readonly betweenMs: number;
  readonly leastAccepted: number;
}

const GRACE_MS = 10_000;

/** Every node in turn is told to end in good order and started again, under load. */
export async function rollingRun(options: RollingOptions): Promise<Report> {
  return Drill.with(options, async (drill) => {
    await drill.begin();
    const ends: { code: number | null; tookMs: number; clients: number; untold: number }[] = [];
    for (const [n, node] of drill.cluster.nodes.entries()) {
      await drill.hold(options.betweenMs);
      const clients = drill.crowd.on(n);
      const begin = performance.now();
      const { code } = await node.end('SIGTERM');
      const untold = drill.crowd.untold(clients, 3000).length;
      ends.push({ code, tookMs: performance.now() - begin, clients: clients.length, untold });
      await node.start();
    }
    await drill.hold(options.betweenMs);
    const outcome = await drill.end();
    const findings = judgeDrill(drill, outcome, options.leastAccepted);
    for (const [n, { code, tookMs, clients, untold }] of ends.entries()) {
      rule(findings, clients > 0, `invalid: node ${n} held no clients`);
      rule(findings, untold === 0, `node ${n} left ${untold} WebSockets without a word`);
      rule(findings, code === 0 && tookMs <= GRACE_MS, `node ${n} ended with ${code} after ${round(tookMs)} ms`);
    }
    const told = outcome.codes['3000'] ?? 0;
    rule(findings, told > 0, `no client was told to go elsewhere: ${JSON.stringify(outcome.codes)}`);
    const figures = {
      ...figuresOf(outcome),
      endedAfterMs: ends.map(({ tookMs }) => String(round(tookMs))),
      exitCodes: ends.map(({ code }) => String(code)),
      toldToGoElsewhere: told,
    };
    return { outcome, figures, findings };
  });
}
