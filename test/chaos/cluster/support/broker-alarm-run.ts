import type { Alarm, PrivateRabbit } from '../../../services/rabbit.js';
import { eventually } from '../../../support/eventually.js';
import { rule } from '../../support/judge.js';
import { AlarmSentinel } from './alarm-sentinel.js';
import { busStates } from './bus-states.js';
import { Drill, judgeDrill, type DrillOptions } from './drill.js';
import { figuresOf } from './reliability.js';
import { round, type Report } from './report.js';

export interface BrokerAlarmOptions extends DrillOptions {
  readonly broker: PrivateRabbit;
  readonly alarmMs: number;
  readonly leastAccepted: number;
}

/** From the broker saying so. */
const SAID_MS = 1_000;
const RAISED_MS = 30_000;
const HEALED_MS = 20_000;

/** The broker takes nothing more, for want of memory and then for want of disk. */
export async function brokerAlarmRun(options: BrokerAlarmOptions): Promise<Report> {
  const { broker, alarmMs, rate, leastAccepted } = options;
  return Drill.with(options, async (drill) => {
    await drill.begin();
    const sentinel = await AlarmSentinel.open(broker.url);
    drill.estate.later(() => sentinel.close());
    const rounds: { kind: Alarm; saidMs: number; calmMs: number; accepted: number; forMs: number }[] = [];
    for (const kind of ['memory', 'disk'] as const) {
      const all = async (state: string): Promise<boolean> =>
        (await busStates(drill.cluster)).every((one) => one === state);
      const begin = performance.now();
      const heard = sentinel.next('blocked');
      const said = eventually(() => all('blocked'), RAISED_MS).then(
        () => performance.now(),
        () => Infinity,
      );
      await broker.alarm(kind);
      const [heardAt, saidAt] = await Promise.all([heard, said]);
      await drill.hold(alarmMs);
      await broker.calm(kind);
      const calmAt = performance.now();
      await eventually(() => all('up'), HEALED_MS).catch(() => undefined);
      rounds.push({
        kind,
        // The command takes effect some time after it was given: somebody else on the same broker says when.
        saidMs: Math.max(0, saidAt - heardAt),
        calmMs: performance.now() - calmAt,
        accepted: drill.ledger.acceptedBetween(begin, calmAt),
        forMs: calmAt - begin,
      });
      await drill.hold(1_000);
    }
    const outcome = await drill.end();
    const findings = judgeDrill(drill, outcome, leastAccepted);
    for (const { kind, saidMs, calmMs, accepted, forMs } of rounds) {
      rule(findings, saidMs <= SAID_MS, `${kind}: the nodes said so after ${saidMs} ms`);
      rule(findings, calmMs < HEALED_MS, `${kind}: the nodes did not find it was over`);
      rule(findings, accepted >= (rate * forMs) / 5000, `${kind}: only ${accepted} accepted in ${round(forMs)} ms`);
    }
    const refused = Object.entries(outcome.refusals);
    rule(findings, refused.length === 0, `publishes were refused: ${refused.map(String).join('; ')}`);
    const of = (kind: Alarm): (typeof rounds)[number] | undefined => rounds.find((one) => one.kind === kind);
    const figures = {
      ...figuresOf(outcome),
      memoryAlarmSaidMs: round(of('memory')?.saidMs ?? NaN),
      diskAlarmSaidMs: round(of('disk')?.saidMs ?? NaN),
      acceptedUnderMemoryAlarm: of('memory')?.accepted ?? 0,
      acceptedUnderDiskAlarm: of('disk')?.accepted ?? 0,
    };
    return { outcome, figures, findings };
  });
}
