import type { Verdict } from '../../support/checker.js';
import type { Client } from '../../support/clients/client.js';
import type { TransportName } from '../../support/clients/index.js';
import { eventually } from '../../support/eventually.js';
import type { EngineServer, EngineServerOptions } from './engine-server.js';
import { Stage } from './stage.js';
import type { Figures } from './engine-requests.js';
import { checked, rule, told, type Findings } from './judge.js';

export interface HalfOpenOptions {
  seed: number;
  transports: readonly TransportName[];
  /** Of each transport. */
  each: number;
  /** Published to every one before, during and after. */
  messages: number;
  sabotage?: EngineServerOptions['sabotage'] | 'forgets' | 'signs first';
}

export interface HalfOpenReport {
  verdict: Verdict;
  clients: number;
  /** Of those that came back over a new link while the server believed in the old one. */
  returned: number;
  /** Sent while the link was half-open and not acknowledged: seen by the server as such. */
  unacknowledged: number;
  /** Ends per client: its old link, once. */
  ends: number[];
  figures: Figures;
  problems: string[];
}

/**
 * The links of all clients swallow everything both ways. Some come back over a new link while the server still believes in
 * the old one; the others stay away until the server gives them up, and come back then.
 */
export async function halfOpenRun(options: HalfOpenOptions): Promise<HalfOpenReport> {
  const { sabotage } = options;
  const isClients = sabotage === 'forgets' || sabotage === 'signs first';
  return Stage.with(
    {
      sabotage: isClients ? undefined : sabotage,
      limits: { heartbeatMs: 1_000, heartbeatGraceMs: 1_000, retransmitAfterMs: 1_000, retransmitAttempts: 2 },
    },
    (stage) => play(stage, options),
  );
}

async function play(stage: Stage, options: HalfOpenOptions): Promise<HalfOpenReport> {
  const { seed, transports, each, messages, sabotage } = options;
  const isClients = sabotage === 'forgets' || sabotage === 'signs first';
  const { server } = stage;
  // A run that is to fail is not waited for.
  const patienceMs = sabotage === undefined ? 20_000 : 2_000;
  const hands = await Promise.all(
    transports.flatMap((transport) =>
      Array.from({ length: each }, async (_, n) => {
        const via = await stage.proxy(transport === 'mqtt' ? server.mqttPort : server.port);
        return { user: `${transport}-${n}`, device: `d-${transport}-${n}`, transport, via, port: via.port };
      }),
    ),
  );
  const crew = await stage.crew(hands, {
    seed,
    sabotage: isClients ? sabotage : undefined,
    backoff: { baseMs: 20, capMs: 200 },
  });
  const problems: string[] = [];
  const say = (what: string): void => void problems.push(what);
  const users = hands.map(({ user }) => user);
  const publish = async (): Promise<void> => {
    for (let n = 0; n < messages; n++) await crew.publish(users, 'c');
  };
  await crew.connect();
  await publish();
  await crew.quiet(10_000);
  await isOnline(server, users, true).catch(() => say('connected, but not online'));
  await eventually(async () => (await server.ask('figures')).acked >= users.length * messages).catch(() => undefined);

  await server.ask('mark');
  const before = await server.ask('figures');
  for (const client of crew.clients) client.halfOpen();
  await publish();
  // The server has sent it, and hears nothing.
  await eventually(async () => (await server.ask('figures')).sent > before.sent).catch(() => say('nothing was sent'));
  const half = await server.ask('figures');
  const unacknowledged = half.sent - before.sent - (half.acked - before.acked);

  const early = crew.clients.filter((_, n) => n % 2 === 0);
  const late = crew.clients.filter((_, n) => n % 2 === 1);
  await Promise.all(early.map((client) => client.connect()));
  // A long poll counts as connected for a while after its end: it comes and goes.
  const given = late.filter(({ transport }) => transport !== 'poll');
  await isOnline(server, nameOf(given), false).catch(() => say('gave up half-open links, but they read as online'));
  await isOnline(server, nameOf(early), true).catch(() => say('came back, but reads as offline'));
  await Promise.all(late.map((client) => client.connect()));
  await publish();
  const verdict = await crew.quiet(patienceMs);
  await isOnline(server, users, true).catch(() => say('all are back, but not all read as online'));
  await eventually(async () => (await server.ask('figures')).connections === hands.length).catch(() =>
    say('links are left over, or missing'),
  );
  const figures = await server.ask('figures');
  const ends = crew.clients
    .filter(({ transport }) => transport !== 'poll')
    .map(({ options: { device } }) => figures.ends.filter((end) => end.device === device).length);
  crew.disband();
  await Promise.all(hands.map(({ via }) => via.kill()));
  await isOnline(server, nameOf(crew.clients.filter(({ transport }) => transport !== 'poll')), false).catch(() =>
    say('all are gone, but not all read as offline'),
  );
  const exitCode = await server.stop();
  if (exitCode !== 0) say(`the server ended with ${exitCode}`);
  return {
    verdict,
    clients: hands.length,
    returned: early.length,
    unacknowledged,
    ends,
    figures,
    problems: [...problems, ...crew.problems, ...figures.troubles],
  };
}

export function judgeHalfOpen(report: HalfOpenReport, leastAccepted: number): Findings {
  const findings = [...checked(report.verdict, leastAccepted), ...told(report.problems)];
  rule(findings, report.unacknowledged > 0, 'invalid: nothing was sent into the void');
  rule(findings, report.returned > 0, 'invalid: nobody came back in time');
  rule(
    findings,
    report.ends.every((ends) => ends === 1),
    `old links ended ${report.ends.join()} times, not once each`,
  );
  return findings;
}

const nameOf = (clients: readonly Client[]): string[] => clients.map(({ options: { user } }) => user);

async function isOnline(server: EngineServer, users: readonly string[], online: boolean): Promise<void> {
  if (users.length === 0) return;
  await eventually(async () => (await server.ask('presence', [...users])).every((one) => one.online === online), 8_000);
}
