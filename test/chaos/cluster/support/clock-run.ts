import { OtherClock } from '../../../services/other-clock.js';
import { rule } from '../../support/judge.js';
import type { ClusterNode } from './cluster-node.js';
import type { ClusterOptions } from './cluster.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface ClockOptions extends Omit<DrillOptions, 'cluster'> {
  readonly services: () => ClusterOptions;
  /** How long each wrong time lasts. Milliseconds. */
  readonly stepMs: number;
  readonly leastAccepted: number;
  /** Publishes that may be answered with a retryable error. Default: none. */
  readonly mayRefuse?: number;
}

const HOURS_2 = 7_200;
const SLEW_STEPS = 20;

/** One node's wall clock is two hours ahead, two hours behind, then drifts home; then all of them jump together. */
export async function clockRun(options: ClockOptions): Promise<Report> {
  const clocks: OtherClock[] = [];
  const cluster: DrillOptions['cluster'] = (estate) => {
    const given = options.services();
    for (let n = 0; n < given.nodes; n++) clocks.push(OtherClock.make(estate));
    return { ...given, envOf: (n) => clocks[n]?.env ?? {} };
  };
  return Drill.with({ ...options, cluster }, async (drill) => {
    await drill.begin();
    const { stepMs } = options;
    /** Seconds that the nodes' clocks were off, as they told. */
    const offsets: number[] = [];
    const steps: { what: string; accepted: number; worstMs: number }[] = [];
    const step = async (what: string, run: () => Promise<void>): Promise<void> => {
      const begin = performance.now();
      await run();
      offsets.push(...(await Promise.all(drill.cluster.nodes.map(clockOf))));
      const end = performance.now();
      const { max } = drill.tripsOf(drill.crowd.devicesOf(drill.crowd.users), begin, end);
      steps.push({ what, accepted: drill.ledger.acceptedBetween(begin, end), worstMs: max });
    };
    const jump = (some: readonly OtherClock[], seconds: number) => async (): Promise<void> => {
      for (const clock of some) clock.set(seconds);
      await drill.hold(stepMs);
    };
    const one = clocks.slice(0, 1);
    await step('one node 2 h ahead', jump(one, HOURS_2));
    await step('one node 2 h behind', jump(one, -HOURS_2));
    await step('one node slewed', async () => {
      one[0]?.set(0);
      for (let n = 1; n <= SLEW_STEPS; n++) {
        one[0]?.set((n * 10) / SLEW_STEPS);
        await drill.hold(stepMs / SLEW_STEPS);
      }
    });
    await step('all nodes 2 h ahead', jump(clocks, HOURS_2));
    await step('all nodes 2 h behind', jump(clocks, -HOURS_2));
    await step('all right again', jump(clocks, 0));
    const outcome = await drill.end();

    const findings = judgeDrill(drill, outcome, options.leastAccepted);
    const isOff = Math.min(...offsets) < -7_000 && Math.max(...offsets) > 7_000;
    rule(findings, isOff, `invalid: the clocks were off by ${Math.min(...offsets)} to ${Math.max(...offsets)} s`);
    for (const { what, accepted } of steps)
      rule(findings, accepted >= (options.rate * stepMs) / 5000, `${what}: only ${accepted} accepted`);
    const refused = Object.entries(outcome.refusals);
    const refusals = refused.reduce((sum, [, count]) => sum + count, 0);
    rule(findings, refusals <= (options.mayRefuse ?? 0), `publishes were refused: ${refused.map(String).join('; ')}`);
    rule(findings, outcome.reconnects === 0, `${outcome.reconnects} clients lost their connection`);
    const figures = {
      ...figuresOf(outcome),
      steps: steps.map(
        ({ what, accepted, worstMs }) => `${what}: ${accepted} accepted, delivered in ${round(worstMs)} ms`,
      ),
      clocksOffBySeconds: `${round(Math.min(...offsets))} to ${round(Math.max(...offsets))}`,
    };
    return { outcome, figures, findings };
  });
}

/** How far a node's clock is from ours, by the date it puts on its answers. Seconds. */
async function clockOf(node: ClusterNode): Promise<number> {
  const { headers } = await node.call('GET', '/healthz', { key: null });
  return (Date.parse(headers.get('date') ?? '') - Date.now()) / 1000;
}
