import type { Verdict } from '../../support/checker.js';
import type { Client } from '../../support/clients/client.js';
import type { TransportName } from '../../support/clients/index.js';
import { eventually } from '../../support/eventually.js';
import type { EngineServer, EngineServerOptions } from './engine-server.js';
import { Stage } from './stage.js';
import type { Figures } from './engine-requests.js';
import { checked, rule, told, type Findings } from './judge.js';

export interface FlapOptions {
  seed: number;
  clients: number;
  transports: readonly TransportName[];
  /** How long the clients flap. Milliseconds. */
  forMs: number;
  /** Messages a second while they do. */
  rate: number;
  sabotage?: EngineServerOptions['sabotage'] | 'forgets' | 'signs first';
}

export interface FlapReport {
  verdict: Verdict;
  flaps: number;
  halfOpen: number;
  reconnects: number;
  /** Connected at the end, as the clients know it, and as the server says; users that differ. */
  zombies: string[];
  /** Before the first client, and after the last. */
  baseline: Figures;
  end: Figures;
  problems: string[];
}

const SHORTEST_MS = 200;
const LONGEST_MS = 2_000;
const MESSAGES_AT_A_TIME = 10;

/** Clients come and go all the time while they are sent to; now and then one goes without the server noticing. */
export async function flapRun(options: FlapOptions): Promise<FlapReport> {
  const { sabotage } = options;
  const isClients = sabotage === 'forgets' || sabotage === 'signs first';
  return Stage.with(
    {
      sabotage: isClients ? undefined : sabotage,
      limits: { heartbeatMs: 2_000, heartbeatGraceMs: 2_000, retransmitAfterMs: 2_000, retransmitAttempts: 2 },
    },
    (stage) => play(stage, options),
  );
}

async function play(stage: Stage, options: FlapOptions): Promise<FlapReport> {
  const { seed, transports, forMs, rate, sabotage } = options;
  const isClients = sabotage === 'forgets' || sabotage === 'signs first';
  const { server } = stage;
  // A run that is to fail is not waited for.
  const patienceMs = sabotage === undefined ? 30_000 : 2_000;
  const proxy = await stage.proxy(server.port, { latencyMs: 2 });
  const mqttProxy = await stage.proxy(server.mqttPort, { latencyMs: 2 });
  const hands = Array.from({ length: options.clients }, (_, n) => {
    const transport = transports[n % transports.length]!;
    const port = transport === 'mqtt' ? mqttProxy.port : proxy.port;
    // Some users have two devices.
    return { user: `u${n - (n % 7 === 1 ? 1 : 0)}`, device: `d${n}`, transport, port };
  });
  const baseline = await server.ask('figures');
  const crew = await stage.crew(hands, {
    seed,
    sabotage: isClients ? sabotage : undefined,
    backoff: { baseMs: 20, capMs: 500 },
  });
  const users = [...new Set(hands.map(({ user }) => user))];
  await crew.connect();

  let running = true;
  let flaps = 0;
  let halfOpen = 0;
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const restless = crew.clients.map(async (client) => {
    const moment = (): Promise<void> => wait(SHORTEST_MS + crew.random() * (LONGEST_MS - SHORTEST_MS));
    for (;;) {
      await moment();
      if (!running) return;
      flaps++;
      if (crew.random() < 0.2) {
        halfOpen++;
        client.halfOpen();
      } else client.drop();
      await wait(crew.random() * SHORTEST_MS);
      await client.connect();
    }
  });
  const begin = performance.now();
  for (let sent = 0; performance.now() - begin < forMs; sent += MESSAGES_AT_A_TIME) {
    const some = new Set(
      Array.from({ length: MESSAGES_AT_A_TIME }, () => users[Math.floor(crew.random() * users.length)]!),
    );
    await crew.publish([...some], 'c');
    await wait(Math.max(0, begin + ((sent + MESSAGES_AT_A_TIME) / rate) * 1_000 - performance.now()));
  }
  running = false;
  await Promise.all(restless);
  await crew.connect();
  const verdict = await crew.quiet(patienceMs);

  // Every third goes for good; of polls nobody: they count as connected for a while after.
  const gone = crew.clients.filter((client, n) => n % 3 === 0 && client.transport !== 'poll');
  for (const client of gone) client.drop();
  let zombies: string[] = [];
  await eventually(async () => {
    zombies = await differing(server, crew.clients);
    return zombies.length === 0;
  }, patienceMs).catch(() => undefined);

  const { problems, reconnects } = crew;
  crew.disband();
  await Promise.all([proxy.kill(), mqttProxy.kill()]);
  const isBack = ({ connections, resources }: Figures): boolean =>
    connections === 0 &&
    Object.keys(resources).every((kind) => resources[kind]! <= (baseline.resources[kind] ?? 0) + 1);
  await eventually(async () => isBack(await server.ask('figures')), 20_000).catch(() =>
    problems.push('connections, sockets or timers are left over'),
  );
  const end = await server.ask('figures');
  const exitCode = await server.stop();
  if (exitCode !== 0) problems.push(`the server ended with ${exitCode}`);
  return {
    verdict,
    flaps,
    halfOpen,
    reconnects,
    zombies,
    baseline,
    end,
    problems: [...problems, ...end.troubles],
  };
}

export function judgeFlapping(report: FlapReport, leastAccepted: number, leastFlaps: number): Findings {
  const findings = [...checked(report.verdict, leastAccepted), ...told(report.problems)];
  rule(findings, report.flaps >= leastFlaps, `invalid: only ${report.flaps} flaps`);
  rule(findings, report.halfOpen > 0, 'invalid: no link was left half-open');
  rule(findings, report.reconnects >= report.flaps, `${report.reconnects} reconnects after ${report.flaps} flaps`);
  rule(findings, report.zombies.length === 0, `presence differs: ${report.zombies.slice(0, 5).join(', ')}`);
  return findings;
}

/** Devices whose presence is not what the clients know. */
async function differing(server: EngineServer, clients: readonly Client[]): Promise<string[]> {
  const users = [...new Set(clients.map(({ options: { user } }) => user))];
  const said = await server.ask('presence', users);
  const online = new Set(
    said.flatMap(({ user, devices }) => devices.filter((one) => one.online).map(({ device }) => `${user}/${device}`)),
  );
  return clients.filter((client) => client.isConnected !== online.has(client.name)).map(({ name }) => name);
}
