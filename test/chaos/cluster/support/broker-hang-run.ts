import type { PrivateRabbit } from '../../../services/rabbit.js';
import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { busStates } from './bus-states.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface BrokerHangOptions extends DrillOptions {
  readonly broker: PrivateRabbit;
  readonly beforeMs: number;
  readonly hungMs: number;
  readonly afterMs: number;
  readonly leastAccepted: number;
}

const NOTICED_MS = 16_000;
const HEALED_MS = 40_000;

/** The broker keeps its sockets and answers nothing, and later goes on as if nothing had been. */
export async function brokerHangRun(options: BrokerHangOptions): Promise<Report> {
  const { broker, beforeMs, hungMs, afterMs, rate, leastAccepted } = options;
  return Drill.with(options, async (drill) => {
    await drill.begin();
    await drill.hold(beforeMs);
    const before = await census(broker);
    const hungAt = performance.now();
    broker.stop();
    let noticedMs = Infinity;
    const noticing = eventually(
      async () => (await busStates(drill.cluster)).every((state) => state !== 'up'),
      hungMs,
    ).then(
      () => (noticedMs = performance.now() - hungAt),
      () => undefined,
    );
    await drill.hold(hungMs);
    await noticing;
    broker.continue();
    const healedAt = performance.now();
    const acceptedWhileHung = drill.ledger.acceptedBetween(hungAt, healedAt);
    await eventually(async () => (await busStates(drill.cluster)).every((state) => state === 'up'), HEALED_MS).catch(
      () => undefined,
    );
    const backMs = performance.now() - healedAt;
    await drill.hold(afterMs);
    const outcome = await drill.end();
    // The broker itself finds out by and by which connections are dead.
    await eventually(async () => same(await census(broker), before), HEALED_MS).catch(() => undefined);
    const after = await census(broker);

    const findings = judgeDrill(drill, outcome, leastAccepted);
    rule(findings, acceptedWhileHung >= (rate * hungMs) / 5000, `only ${acceptedWhileHung} accepted while it hung`);
    const refused = Object.entries(outcome.refusals);
    rule(findings, refused.length === 0, `publishes were refused: ${refused.map(String).join('; ')}`);
    rule(findings, noticedMs <= NOTICED_MS, `not every node had noticed after ${NOTICED_MS} ms (${noticedMs})`);
    rule(findings, backMs < HEALED_MS, 'not every node was on the bus again');
    rule(findings, same(after, before), `connections and consumers: ${told(after)}; before: ${told(before)}`);
    const figures = {
      ...figuresOf(outcome),
      hungMs: round(healedAt - hungAt),
      noticedMs: round(noticedMs),
      backOnTheBusMs: round(backMs),
      acceptedWhileHung,
      connections: after.connections,
      consumers: after.consumers,
    };
    return { outcome, figures, findings };
  });
}

interface Census {
  readonly connections: number;
  readonly consumers: number;
}

export async function census(broker: PrivateRabbit): Promise<Census> {
  const connections = (await broker.connections()).length;
  const consumers = (await broker.queues()).reduce((sum, queue) => sum + queue.consumers, 0);
  return { connections, consumers };
}

const same = (one: Census, other: Census): boolean =>
  one.connections === other.connections && one.consumers === other.consumers;
const told = ({ connections, consumers }: Census): string => `${connections}, ${consumers}`;
