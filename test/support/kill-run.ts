import Database from 'libsql';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PushClient, type PushFrame } from 'push-client';
import { FileCursors, nodeSocket } from 'push-client/node';
import { check, type Fact, type Verdict } from './checker.js';
import { dice } from './dice.js';
import { ServerProcess, freePort } from './server.js';

export interface KillRunOptions {
  seed: number;
  kills: number;
  users: number;
  publishers: number;
  /** A kill comes this long after the server listens: uniformly from 0. Milliseconds. */
  killWithinMs: number;
  /** How long the end is waited for. */
  quiesceMs: number;
  /** A handler that sees what the transport delivers, without the client's de-duplication: must be found. */
  sabotage?: 'cursor-forgotten';
}

export interface KillRunReport {
  verdict: Verdict;
  /** Kills after which the process was really gone by SIGKILL. */
  killed: number;
  /** Kills that cut off at least one publish. */
  interrupted: number;
  integrity: string[];
  bootMs: number[];
  reconnects: number;
  resets: number;
  gaps: number;
  problems: string[];
  seconds: number;
}

interface Payload {
  m: string;
}

/** Publishers and clients at work on one server that is killed with -9 again and again, and started again on its data. */
export async function killRun(options: KillRunOptions): Promise<KillRunReport> {
  const begin = performance.now();
  const random = dice(options.seed);
  const facts: Fact[] = [];
  const report: Omit<KillRunReport, 'verdict' | 'seconds'> = {
    killed: 0,
    interrupted: 0,
    integrity: [],
    bootMs: [],
    reconnects: 0,
    resets: 0,
    gaps: 0,
    problems: [],
  };
  let server = await ServerProcess.start({ port: await freePort() });
  const scratch = mkdtempSync(path.join(tmpdir(), 'push-chaos-'));
  const users = Array.from({ length: options.users }, (_, n) => `u${n}`);
  // One with two devices for every three users.
  const devicesOf = (user: string) => (users.indexOf(user) % 3 === 0 ? [`${user}/d1`, `${user}/d2`] : [`${user}/d1`]);
  const names = users.flatMap(devicesOf);
  const tokens = new Map<string, string>();
  for (const user of users) tokens.set(user, await server.token(user));

  const clients = new Map<string, PushClient>();
  const opened = new Map<string, number>();
  async function open(name: string): Promise<void> {
    const [user, device] = name.split('/') as [string, string];
    const file = path.join(scratch, `${user}-${device}.json`);
    if (options.sabotage === 'cursor-forgotten') rmSync(file, { force: true });
    const client = new PushClient({
      url: server.socketUrl,
      token: tokens.get(user)!,
      device,
      cursors: new FileCursors(file),
      startFrom: 'start',
      socket: nodeSocket(),
      backoff: { baseMs: 20, capMs: 200 },
    });
    client.on('message', ({ s, seq, data }: PushFrame) => {
      const epoch = client.position(s)?.epoch ?? '';
      facts.push({ kind: 'callback', message: (data as Payload).m, device: name, stream: s, epoch, seq });
    });
    client.on('reset', () => (report.resets += 1));
    client.on('gap', () => (report.gaps += 1));
    client.on('connected', () => {
      if (opened.get(name)! > 0) report.reconnects += 1;
      opened.set(name, (opened.get(name) ?? 0) + 1);
    });
    client.on('error', ({ code, message }) => {
      if (!['CLIENT_CONNECT_FAILED', 'CLIENT_TOKEN_FAILED', 'CLIENT_TIMEOUT'].includes(code))
        report.problems.push(`${name} ${code} ${message}`);
    });
    opened.set(name, opened.get(name) ?? 0);
    clients.set(name, client);
    await client.connect().catch((error: unknown) => report.problems.push(`${name} ${String(error)}`));
  }
  await Promise.all(names.map(open));

  // Each publisher has conversations of its own and sends them one after the other: what it sends later is later.
  let running = true;
  let cutOff = 0;
  const agent = new Agent({ keepAlive: true, maxSockets: options.publishers });
  const publish = (key: string, body: string) => post(server.port, server.keys.apiKey, key, body, agent);
  const publishers = Array.from({ length: options.publishers }, async (_, publisher) => {
    for (let order = 0; running; order++) {
      const user = users[Math.floor(random() * users.length)]!;
      const message = `p${publisher}-${order}`;
      const body = JSON.stringify({
        to: { users: [user] },
        type: 'chaos',
        thread: `c${publisher}`,
        data: { m: message } satisfies Payload,
      });
      facts.push({ kind: 'attempt', message, devices: devicesOf(user), conversation: `c${publisher}`, order });
      for (;;) {
        const status = await publish(message, body);
        if (status === 202) {
          facts.push({ kind: 'accepted', message });
          break;
        }
        if (status !== undefined && status !== 503) throw new Error(`publish answered ${status}`);
        cutOff += 1;
        if (!running && !server.isRunning) return;
        await pause(5);
      }
    }
  });
  const published = Promise.all(publishers);
  published.catch((error: unknown) => report.problems.push(String(error)));

  for (let kill = 0; kill < options.kills; kill++) {
    await pause(random() * options.killWithinMs);
    const before = cutOff;
    const { signal } = await server.end('SIGKILL');
    if (signal === 'SIGKILL') report.killed += 1;
    report.integrity.push(integrityOf(server.databaseFile, scratch));
    // Now and then a client goes too, and comes back from what its file says.
    const name = names[Math.floor(random() * names.length)]!;
    const restartClient = random() < 0.3 || options.sabotage !== undefined;
    if (restartClient) await clients.get(name)!.close();
    server = await server.restart();
    report.bootMs.push(server.bootMs);
    if (restartClient) await open(name);
    if (cutOff > before) report.interrupted += 1;
  }
  running = false;
  await published;

  // Quiet when every accepted message is there, or when patience ends; then everything once more from a fresh start.
  const deadline = performance.now() + options.quiesceMs;
  while (check(facts).lost.length > 0 && performance.now() < deadline) await pause(100);
  const verdict = check(facts);
  await Promise.all([...clients.values()].map((client) => client.close()));
  agent.destroy();
  const { code } = await server.end('SIGTERM');
  if (code !== 0) report.problems.push(`the last server ended with ${code}`);
  report.integrity.push(integrityOf(server.databaseFile, scratch));
  await server.remove();
  rmSync(scratch, { recursive: true, force: true });
  return { ...report, verdict, seconds: (performance.now() - begin) / 1000 };
}

/** The status, or undefined where there was no answer. */
function post(port: number, apiKey: string, key: string, body: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve) => {
    const call = request({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: '/v1/messages',
      timeout: 5_000,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'Idempotency-Key': key,
      },
    });
    call.on('response', (answer) => {
      answer.on('end', () => resolve(answer.statusCode));
      answer.on('error', () => resolve(undefined));
      answer.resume();
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(undefined));
    call.end(body);
  });
}

/** Of a copy, as the kill left it: looking at the original would do the recovery that the server has to do. */
function integrityOf(file: string, scratch: string): string {
  const copy = path.join(scratch, 'copy.db');
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(copy + suffix, { force: true });
    if (suffix !== '-shm' && existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
  }
  const database = new Database(copy);
  try {
    const rows = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
    return rows.map((row) => row.integrity_check).join('; ');
  } finally {
    database.close();
  }
}

/** Load and chaos take their time; no assertion waits on this. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
