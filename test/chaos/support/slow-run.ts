import { DEFAULT_LIMITS } from 'push-core';
import type { Verdict } from '../../support/checker.js';
import { eventually } from '../../support/eventually.js';
import type { Hand } from './crew.js';
import { Stage } from './stage.js';
import type { Figures } from './engine-requests.js';
import { checked, rule, told, type Findings } from './judge.js';

export interface SlowOptions {
  seed: number;
  /** Slow clients, and as many quick ones that get the same: what is compared with. */
  clients: number;
  /** To each. */
  messages: number;
  bytes: number;
  bytesPerSecond: number;
  /** In so many parts, in turn to the quick and to the slow. */
  rounds: number;
  slowConsumerMs: number;
  /** `unbounded`: nothing holds the server back from filling a socket. `forgets`: the clients show twice. */
  sabotage?: 'unbounded' | 'forgets';
}

export interface SlowReport {
  verdict: Verdict;
  /** Bytes a link may have waiting. */
  cap: number;
  mostBuffered: number;
  rssGrowthBytes: number;
  rssAllowedBytes: number;
  /** Slow clients the server has closed with 3001. */
  closedSlow: number;
  /** Of those whose window lets through more than a system takes by itself: all of them have to be closed. */
  overflowing: number;
  closedOverflowing: number;
  /** Ends of slow clients' links, by close code and transport. */
  slowEnds: Record<string, number>;
  /** Of those nobody slowed down. */
  closedOthers: number;
  /** Of the clients that get little, while the quick were sent to, and while the slow were. Milliseconds. */
  p99WithQuick: number;
  p99WithSlow: number;
  probes: number;
  catchUpMs: number;
  figures: Figures;
  problems: string[];
}

/** The default of Linux for one socket's send buffer: what fits in there, no process notices. */
const SYSTEM_TAKES_BYTES = 4 * 1024 * 1024;
const WINDOW = 1024;
const PROBED = 10;
const ENTRY_OVERHEAD_BYTES = 1024;
const BASE_RSS_BYTES = 50 * 1024 * 1024;

/** Some clients take a trickle while megabytes come for them. It is their problem, and nobody else's. */
export async function slowRun(options: SlowOptions): Promise<SlowReport> {
  const { sabotage, slowConsumerMs } = options;
  const limits = { slowConsumerMs, retransmitAfterMs: slowConsumerMs, retransmitAttempts: 2, windowEntries: WINDOW };
  const unbounded = {
    congestedBytes: 1 << 30,
    bufferedBytes: 1 << 30,
    slowConsumerMs: 600_000,
    retransmitAfterMs: 600_000,
  };
  return Stage.with({ limits: sabotage === 'unbounded' ? { ...limits, ...unbounded } : limits }, (stage) =>
    play(stage, options),
  );
}

async function play(stage: Stage, options: SlowOptions): Promise<SlowReport> {
  const { seed, clients, messages, bytes, rounds, sabotage, slowConsumerMs } = options;
  const { server } = stage;
  const slowly = await stage.proxy(server.port, { bytesPerSecond: options.bytesPerSecond });
  const transports = ['websocket', 'sse', 'socketio'] as const;
  const group = (name: string, count: number, port: number): Hand[] =>
    Array.from({ length: count }, (_, n) => ({
      user: `${name}${n}`,
      device: `d-${name}${n}`,
      transport: transports[n % transports.length]!,
      port,
    }));
  const slow = group('slow', clients, slowly.port);
  const quick = group('quick', clients, server.port);
  const probed = group('probed', PROBED, server.port);
  const crew = await stage.crew([...slow, ...quick, ...probed], {
    seed,
    sabotage: sabotage === 'forgets' ? 'forgets' : undefined,
    backoff: { baseMs: 500, capMs: 2_000 },
  });
  await crew.connect();
  const users = (hands: readonly Hand[]): string[] => hands.map(({ user }) => user);
  // Warm: both ways of sending have run before memory is measured.
  await crew.flood(users(quick), 'warm', Math.ceil(messages / 2), bytes);
  await crew.publish(users(probed), 'warm-probe');
  await crew.quiet(30_000);
  await server.ask('mark');
  const before = await server.ask('figures');

  let mostRss = before.rssBytes;
  let p99Kind = '';
  let running = true;
  const probing = (async () => {
    for (let n = 0; running; n++) {
      const kind = p99Kind;
      const at = performance.now();
      if (kind !== '') await crew.publish(users(probed), kind);
      if (n % 10 === 0) mostRss = Math.max(mostRss, (await server.ask('figures')).rssBytes);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, at + 20 - performance.now())));
    }
  })();
  for (let round = 0; round < rounds; round++) {
    for (const [kind, hands] of [
      ['quick', quick],
      ['slow', slow],
    ] as const) {
      p99Kind = `probe-with-${kind}`;
      await crew.flood(users(hands), `${kind}-${round}`, messages / rounds, bytes);
    }
  }
  p99Kind = '';
  // An event stream has no window: its client acknowledges when it comes back.
  const overflows = ({ transport }: Hand): boolean => transport === 'sse' || WINDOW * bytes > 2 * SYSTEM_TAKES_BYTES;
  const overflowing = new Set(users(slow.filter(overflows)));
  const closedSlow = ({ ends }: Figures): string[] => [
    ...new Set(ends.filter(({ code, user }) => code === 3001 && user.startsWith('slow')).map(({ user }) => user)),
  ];
  const closedOverflowing = (figures: Figures): string[] => closedSlow(figures).filter((user) => overflowing.has(user));
  const patienceMs = sabotage === 'unbounded' ? 3_000 : slowConsumerMs * 4 + 5_000;
  await eventually(
    async () => closedOverflowing(await server.ask('figures')).length >= overflowing.size,
    patienceMs,
  ).catch(() => undefined);
  running = false;
  await probing;
  const figures = await server.ask('figures');

  const healed = performance.now();
  slowly.set({});
  const verdict = await crew.quiet(60_000);
  const catchUpMs = performance.now() - healed;
  const { problems } = crew;
  crew.disband();
  await slowly.kill();
  const exitCode = await server.stop();
  if (exitCode !== 0) problems.push(`the server ended with ${exitCode}`);
  const nameOfEnd = ({ code, device }: { code: number; device: string }): string =>
    `${code} ${slow.find((hand) => hand.device === device)?.transport}`;
  const cap = DEFAULT_LIMITS.congestedBytes + DEFAULT_LIMITS.frameBytes + bytes + ENTRY_OVERHEAD_BYTES;
  return {
    verdict,
    cap,
    mostBuffered: Math.max(0, ...Object.values(figures.mostBuffered)),
    rssGrowthBytes: mostRss - before.rssBytes,
    rssAllowedBytes: clients * cap + BASE_RSS_BYTES,
    closedSlow: closedSlow(figures).length,
    overflowing: overflowing.size,
    closedOverflowing: closedOverflowing(figures).length,
    slowEnds: counted(figures.ends.filter(({ user }) => user.startsWith('slow')).map(nameOfEnd)),
    closedOthers: figures.ends.filter(({ user }) => !user.startsWith('slow')).length,
    p99WithQuick: p99(crew.latencies.get('probe-with-quick')),
    p99WithSlow: p99(crew.latencies.get('probe-with-slow')),
    probes: crew.latencies.get('probe-with-slow')?.length ?? 0,
    catchUpMs,
    figures,
    problems: [...problems, ...figures.troubles],
  };
}

/** A machine that does other things as well is forgiven so much. */
const NOISE_MS = 25;

export function judgeSlow(report: SlowReport, { messages }: SlowOptions): Findings {
  const findings = [...checked(report.verdict, messages), ...told(report.problems)];
  const { cap, mostBuffered, rssGrowthBytes, rssAllowedBytes, p99WithQuick, p99WithSlow } = report;
  rule(findings, report.probes > 100, `invalid: only ${report.probes} probes`);
  rule(findings, mostBuffered > cap / 4, `invalid: no link ever held more than ${mostBuffered} bytes`);
  rule(findings, mostBuffered <= cap, `a link held ${mostBuffered} bytes, ${cap} are allowed`);
  rule(findings, rssGrowthBytes < rssAllowedBytes, `memory grew by ${rssGrowthBytes} bytes of ${rssAllowedBytes}`);
  rule(findings, report.closedOthers === 0, `${report.closedOthers} other links ended`);
  rule(
    findings,
    p99WithSlow <= p99WithQuick * 1.2 + NOISE_MS,
    `others waited ${Math.round(p99WithSlow)} ms beside slow clients, ${Math.round(p99WithQuick)} ms beside quick ones (p99)`,
  );
  return findings;
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function p99(values: readonly number[] = []): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Infinity;
}
