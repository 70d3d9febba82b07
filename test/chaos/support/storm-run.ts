import type { Verdict } from '../../support/checker.js';
import { eventually } from '../../support/eventually.js';
import type { EngineServerOptions } from './engine-server.js';
import { Stage } from './stage.js';
import type { Figures } from './engine-requests.js';
import { checked, rule, told, type Findings } from './judge.js';

export interface StormOptions {
  seed: number;
  clients: number;
  /** Of every so many users one is sent something while all are away. */
  gapEvery: number;
  /** How long the proxy stays dead. Milliseconds. */
  deadMs: number;
  sabotage?: EngineServerOptions['sabotage'] | 'forgets';
  nodeOptions?: readonly string[];
}

export interface StormReport {
  verdict: Verdict;
  dropped: number;
  resumed: number;
  /** From the death of the proxy until the last client was back, and had what it missed. */
  resumedMs: number;
  /** … from when the proxy could be reached again. */
  resumedAfterHealMs: number;
  withGap: number;
  /** Pages read of streams with a gap, and of others. */
  readsWithGap: number;
  readsWithout: number;
  figures: Figures;
  problems: string[];
  exitCode: number | null;
}

/** Every client loses its connection at the same moment and comes back as the SDK would. */
export async function stormRun(options: StormOptions): Promise<StormReport> {
  const sabotage = options.sabotage === 'forgets' ? undefined : options.sabotage;
  const nodeOptions = ['--max-old-space-size=512', ...(options.nodeOptions ?? [])];
  // One process plays thousands of devices: that it is slow to say hello is not what is tested.
  const limits = { connectTimeoutMs: 60_000 };
  return Stage.with({ sabotage, nodeOptions, limits }, (stage) => play(stage, options));
}

async function play(stage: Stage, options: StormOptions): Promise<StormReport> {
  const { seed, clients, gapEvery, deadMs } = options;
  const { server } = stage;
  const proxy = await stage.proxy(server.port);
  const users = Array.from({ length: clients }, (_, n) => `u${n}`);
  const crew = await stage.crew(
    users.map((user) => ({ user, device: 'd', transport: 'websocket', port: proxy.port })),
    { seed, sabotage: options.sabotage === 'forgets' ? 'forgets' : undefined },
  );
  await crew.connect();
  await crew.publish(users, 'before');
  await crew.quiet(60_000);

  await server.ask('mark');
  const begin = performance.now();
  const dropped = proxy.connections;
  await proxy.kill();
  const missing = users.filter((_, n) => n % gapEvery === 0);
  await crew.publish(missing, 'away');
  await crew.publish(missing, 'away');
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, begin + deadMs - performance.now())));
  await proxy.listen();
  const healed = performance.now();
  await eventually(() => crew.connected === clients, 120_000).catch(() => undefined);
  const verdict = await crew.quiet(30_000);
  const end = performance.now();
  const figures = await server.ask('figures');

  const gaps = new Set(missing.map((user) => `@${user}`));
  const reads = Object.entries(figures.reads);
  const pages = (some: [string, number][]): number => some.reduce((sum, [, count]) => sum + count, 0);
  const report = {
    verdict,
    dropped,
    resumed: crew.reconnects,
    resumedMs: end - begin,
    resumedAfterHealMs: end - healed,
    withGap: missing.length,
    readsWithGap: pages(reads.filter(([stream]) => gaps.has(stream))),
    readsWithout: pages(reads.filter(([stream]) => !gaps.has(stream))),
    figures,
    problems: [...crew.problems, ...figures.troubles],
  };
  crew.disband();
  await proxy.kill();
  return { ...report, exitCode: await server.stop() };
}

export function judgeStorm(report: StormReport, { clients, bars }: { clients: number; bars: StormBars }): Findings {
  const findings = [...checked(report.verdict, clients), ...told(report.problems)];
  const { figures, withGap, readsWithGap, readsWithout } = report;
  rule(findings, report.dropped === clients, `invalid: ${report.dropped} of ${clients} were dropped`);
  rule(findings, withGap > 0 && withGap < clients, 'invalid: nobody, or everybody, missed something');
  rule(findings, report.resumed >= clients, `${report.resumed} of ${clients} came back`);
  rule(findings, report.resumedMs <= bars.resumedMs, `all were back after ${Math.round(report.resumedMs)} ms`);
  rule(findings, readsWithGap <= 2 * withGap, `${readsWithGap} pages read for ${withGap} streams with a gap`);
  rule(findings, readsWithout === 0, `${readsWithout} pages read of streams without a gap`);
  rule(findings, figures.lag.p99 < bars.lagMs, `event loop late by ${figures.lag.p99} ms (p99)`);
  rule(findings, figures.lag.max < bars.blockedMs, `event loop late by ${figures.lag.max} ms at once`);
  rule(findings, report.exitCode === 0, `the server ended with ${report.exitCode}`);
  return findings;
}

export interface StormBars {
  resumedMs: number;
  /** p99 of the event loop's delay. */
  lagMs: number;
  /** … and the longest: connects are looked up together, so what blocks them may block but once. */
  blockedMs: number;
}
