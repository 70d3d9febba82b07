import { Firewall, type Way } from '../../../services/firewall.js';
import type { PrivateRabbit } from '../../../services/rabbit.js';
import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { busStates } from './bus-states.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface PartitionOptions extends DrillOptions {
  readonly broker: PrivateRabbit;
  readonly kinds: readonly Partition[];
  readonly forMs: number;
  readonly leastAccepted: number;
}

export type Partition = 'both ways' | 'towards the nodes' | 'flapping';

const HEALED_MS = 45_000;
const FLAP_MS = 1_000;

/** Packets between the nodes and the broker vanish; neither side is told. */
export async function partitionRun(options: PartitionOptions): Promise<Report> {
  const { broker, kinds, forMs, rate, leastAccepted } = options;
  return Drill.with(options, async (drill) => {
    const firewall = Firewall.open(drill.estate);
    await drill.begin();
    const connectionsBefore = (await broker.connections()).length;
    const all = async (state: 'up' | 'away'): Promise<boolean> =>
      (await busStates(drill.cluster)).every((one) => (one === 'up') === (state === 'up'));
    const rounds: { kind: Partition; accepted: number; tookMs: number; healedMs: number; noticed: boolean }[] = [];
    for (const kind of kinds) {
      const begin = performance.now();
      let noticed = false;
      const noticing = eventually(async () => !(await all('up')), forMs).then(
        () => (noticed = true),
        () => undefined,
      );
      if (kind === 'flapping') {
        while (performance.now() - begin < forMs) {
          firewall.cut(broker.port);
          await drill.hold(FLAP_MS);
          firewall.heal();
          await drill.hold(FLAP_MS);
        }
      } else {
        const ways: Way[] = kind === 'both ways' ? ['to', 'from'] : ['from'];
        firewall.cut(broker.port, ways);
        await drill.hold(forMs);
      }
      firewall.heal();
      await noticing;
      const healedAt = performance.now();
      await eventually(() => all('up'), HEALED_MS).catch(() => undefined);
      const accepted = drill.ledger.acceptedBetween(begin, healedAt);
      rounds.push({ kind, accepted, tookMs: healedAt - begin, healedMs: performance.now() - healedAt, noticed });
      await drill.hold(1_000);
    }
    const outcome = await drill.end();
    // Connections that the broker believes in until its heartbeat says otherwise.
    await eventually(async () => (await broker.connections()).length <= connectionsBefore, HEALED_MS).catch(
      () => undefined,
    );
    const connectionsAfter = (await broker.connections()).length;
    const findings = judgeDrill(drill, outcome, leastAccepted);
    rule(findings, connectionsBefore === drill.cluster.nodes.length, `${connectionsBefore} connections at the start`);
    rule(findings, connectionsAfter === connectionsBefore, `${connectionsAfter} connections at the end`);
    for (const { kind, accepted, tookMs, healedMs, noticed } of rounds) {
      rule(findings, accepted >= (rate * tookMs) / 5000, `${kind}: only ${accepted} accepted in ${round(tookMs)} ms`);
      rule(findings, healedMs < HEALED_MS, `${kind}: not every node is on the bus again`);
      rule(findings, noticed || kind === 'flapping', `invalid: ${kind}: no node noticed`);
    }
    const refused = Object.entries(outcome.refusals);
    rule(findings, refused.length === 0, `publishes were refused: ${refused.map(String).join('; ')}`);
    const figures = {
      ...figuresOf(outcome),
      partitions: rounds.map(({ kind, tookMs }) => `${kind} ${round(tookMs / 1000)} s`),
      backOnTheBusMs: round(Math.max(...rounds.map(({ healedMs }) => healedMs))),
      connections: connectionsAfter,
    };
    return { outcome, figures, findings };
  });
}
