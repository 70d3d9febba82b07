import type { PrivateRabbit } from '../../../services/rabbit.js';
import type { PrivateRabbitCluster } from '../../../services/rabbit-cluster.js';
import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { busStates } from './bus-states.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface BrokerClusterOptions extends DrillOptions {
  readonly brokers: PrivateRabbitCluster;
  readonly betweenMs: number;
  readonly leastAccepted: number;
}

const QUEUE = 'push.publish';
const HEALED_MS = 40_000;
const PAUSE_MS = 3_000;

/** Of three brokers the one that leads dies with -9 and comes back; then one that follows. */
export async function brokerClusterRun(options: BrokerClusterOptions): Promise<Report> {
  const { brokers, betweenMs, leastAccepted } = options;
  return Drill.with(options, async (drill) => {
    await drill.begin();
    const kills: { who: string; at: number; backMs: number }[] = [];
    const kill = async (who: string, broker: PrivateRabbit): Promise<void> => {
      await drill.hold(betweenMs);
      const at = performance.now();
      await broker.kill9();
      await drill.hold(betweenMs);
      await broker.restart();
      const back = performance.now();
      await eventually(async () => (await busStates(drill.cluster)).every((one) => one === 'up'), HEALED_MS).catch(
        () => undefined,
      );
      kills.push({ who, at, backMs: performance.now() - back });
    };
    const leader = await brokers.leaderOf(QUEUE);
    await kill('leader', leader);
    const next = await brokers.leaderOf(QUEUE);
    const follower = brokers.nodes.find((broker) => broker !== next) ?? next;
    await kill('follower', follower);
    await drill.hold(betweenMs);
    const outcome = await drill.end();
    const findings = judgeDrill(drill, outcome, leastAccepted);
    const pauses = kills.map(({ at }) => longestPause(drill, at, at + betweenMs));
    for (const [n, { who, backMs }] of kills.entries()) {
      rule(findings, (pauses[n] ?? 0) < PAUSE_MS, `${who}: nothing was shown for ${round(pauses[n] ?? 0)} ms`);
      rule(findings, backMs < HEALED_MS, `${who}: not every node is on the bus again`);
    }
    rule(findings, next !== leader, 'invalid: the leader was killed and still leads');
    const figures = { ...figuresOf(outcome), longestPauseMs: pauses.map((ms) => String(round(ms))) };
    return { outcome, figures, findings };
  });
}

/** Between two callbacks anywhere. Milliseconds. */
function longestPause(drill: Drill, from: number, to: number): number {
  const shown = drill.ledger.trips
    .map(({ shownAt }) => shownAt)
    .filter((at) => at >= from && at <= to)
    .sort((a, b) => a - b);
  return Math.max(...shown.map((at, n) => at - (shown[n - 1] ?? from)), 0);
}
