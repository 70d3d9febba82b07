import type { PrivateRabbit } from '../../../services/rabbit.js';
import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface BrokerKillOptions extends DrillOptions {
  readonly broker: PrivateRabbit;
  readonly beforeMs: number;
  /** It is started again after so long; it takes seconds until it answers. */
  readonly downMs: number;
  readonly afterMs: number;
  readonly leastAccepted: number;
  /** The load ends while it is still down: then only the sweep is left. */
  readonly staysDown?: boolean;
}

const DRAIN_MS = 30_000;
const GROWTH_BYTES = 50 * 1024 * 1024;

/** The only broker dies with -9 and is started again. */
export async function brokerKillRun(options: BrokerKillOptions): Promise<Report> {
  const { broker, beforeMs, downMs, afterMs, rate, leastAccepted, staysDown = false } = options;
  return Drill.with(options, async (drill) => {
    await drill.begin();
    await drill.hold(beforeMs);
    const connectionsBefore = (await broker.connections()).length;
    drill.rebase();
    const downAt = performance.now();
    await broker.kill9();
    await drill.hold(downMs);
    if (staysDown) {
      const outcome = await drill.end();
      await broker.restart();
      return { outcome, figures: figuresOf(outcome), findings: judgeDrill(drill, outcome, leastAccepted) };
    }
    await broker.restart();
    const upAt = performance.now();
    const acceptedWhileDown = drill.ledger.acceptedBetween(downAt, upAt);
    await drill.hold(afterMs);
    const outcome = await drill.end();
    const nodes = drill.cluster.nodes.length;
    await eventually(async () => (await broker.connections()).length === connectionsBefore, 30_000).catch(
      () => undefined,
    );
    const connectionsAfter = (await broker.connections()).length;

    // Of what was accepted while there was no broker, the last to be shown.
    const late = drill.ledger.trips.filter(({ acceptedAt }) => acceptedAt >= downAt && acceptedAt < upAt);
    const backlogMs = Math.max(0, ...late.map(({ shownAt }) => shownAt - upAt));
    const whileDown = late.map(({ shownAt, acceptedAt }) => shownAt - acceptedAt);
    const findings = judgeDrill(drill, outcome, leastAccepted);
    const expected = ((upAt - downAt) / 1000) * rate;
    rule(findings, connectionsBefore >= nodes, `invalid: the broker had ${connectionsBefore} connections`);
    rule(findings, acceptedWhileDown >= expected / 5, `only ${acceptedWhileDown} accepted without a broker`);
    const refused = Object.entries(outcome.refusals);
    rule(findings, refused.length === 0, `publishes were refused: ${refused.map(String).join('; ')}`);
    rule(findings, backlogMs <= DRAIN_MS, `the backlog took ${round(backlogMs)} ms after the broker was back`);
    rule(findings, outcome.rssGrowthBytes < GROWTH_BYTES, `a node grew by ${outcome.rssGrowthBytes} bytes`);
    rule(
      findings,
      connectionsAfter === connectionsBefore,
      `${connectionsAfter} connections, ${connectionsBefore} before`,
    );
    const figures = {
      ...figuresOf(outcome),
      brokerAwayMs: round(upAt - downAt),
      acceptedWithoutBroker: acceptedWhileDown,
      slowestDeliveryWithoutBrokerMs: round(Math.max(0, ...whileDown)),
      backlogMs: round(backlogMs),
      connections: connectionsAfter,
    };
    return { outcome, figures, findings };
  });
}
