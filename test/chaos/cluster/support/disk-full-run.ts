import type { Estate } from '../../../services/estate.js';
import { eventually } from '../../../support/eventually.js';
import { rule, type Findings } from '../../support/judge.js';
import type { ClusterOptions } from './cluster.js';
import { Drill, judgeDrill, type Load, type Outcome } from './drill.js';
import { partlyShown } from './whole-fan-out.js';

export interface FullDisk {
  readonly cluster: ClusterOptions;
  /** Makes room. */
  grow(): void;
  /** After the nodes have ended: `ok`, or what is wrong with the data. */
  soundness(): Promise<string>;
}

export interface DiskFullOptions extends Load {
  readonly setUp: (estate: Estate) => Promise<FullDisk>;
  /** What a refusal for want of space is called. */
  readonly code: string;
  readonly fullForMs: number;
}

export interface DiskFullReport {
  readonly outcome: Outcome;
  readonly findings: Findings;
  readonly acceptedBefore: number;
  readonly refusedFull: number;
  /** From there being room until a publish was accepted. Milliseconds. */
  readonly resumedMs: number;
  readonly partly: readonly string[];
  readonly sound: string;
}

const PATIENCE_MS = 90_000;
const MIN_REFUSED = 20;

/** The disk fills up under load, stays full for a while, and is given more room. */
export async function diskFullRun(options: DiskFullOptions): Promise<DiskFullReport> {
  let disk: FullDisk | undefined;
  const cluster = async (estate: Estate): Promise<ClusterOptions> => (disk = await options.setUp(estate)).cluster;
  return Drill.with({ ...options, cluster }, async (drill) => {
    await drill.begin();
    const { publishers, ledger } = drill;
    const refused = (): number => publishers.refusals[options.code] ?? 0;
    await eventually(() => refused() >= MIN_REFUSED, PATIENCE_MS).catch(() => undefined);
    const acceptedBefore = ledger.acceptances.length;
    await drill.hold(options.fullForMs);
    const refusedFull = refused();
    const stillAlive = await drill.cluster.node(0).call('GET', '/healthz', { key: null });

    const roomAt = performance.now();
    disk?.grow();
    await eventually(() => ledger.acceptedBetween(roomAt, Infinity) > 0, PATIENCE_MS).catch(() => undefined);
    const resumedMs = (ledger.acceptances.find((at) => at >= roomAt) ?? Infinity) - roomAt;
    await drill.hold(2_000);
    const outcome = await drill.end();
    drill.crowd.disband();
    const { code } = await drill.cluster.node(0).end('SIGTERM');
    await Promise.all(drill.cluster.running.map((node) => node.end('SIGTERM')));
    const sound = (await disk?.soundness()) ?? '';

    const partly = partlyShown(ledger.facts);
    const findings = judgeDrill(drill, outcome, 100);
    rule(findings, refusedFull >= MIN_REFUSED, `invalid: only ${refusedFull} publishes were refused for want of space`);
    rule(
      findings,
      partly.length === 0,
      `${partly.length} messages reached only some: ${partly.slice(0, 3).join(', ')}`,
    );
    rule(
      findings,
      resumedMs < 10_000,
      `the first publish was accepted ${Math.round(resumedMs)} ms after there was room`,
    );
    rule(findings, stillAlive.status === 200, `healthz answered ${stillAlive.status} on a full disk`);
    rule(findings, sound === 'ok', `the data: ${sound}`);
    rule(findings, code === 0, `the node ended with ${code}`);
    return { outcome, findings, acceptedBefore, refusedFull, resumedMs, partly, sound };
  });
}
