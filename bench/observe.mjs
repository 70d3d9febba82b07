// What looking on costs at a unicast load: metrics with scrapes, the conservation audit and the log; and tracing that is compiled in and off.
// One engine on the memory store, devices without sockets that acknowledge everything: so the share of what is measured is larger than it
// is with sockets. CPU time for each message that was published, delivered and acknowledged; rounds interleaved, each in a process of its own.
//
//   node bench/observe.mjs [--rounds N] [--seconds N] [--write]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rootDir } from './lib/contenders.mjs';
import { commit, machine } from './lib/results.mjs';
import { rounded, summary } from './lib/statistics.mjs';

const DEVICES = 1000;
const IN_FLIGHT = 500;
const SCRAPE_MS = 1000;
const GOALS = { metricsAndLogs: 5, tracingOff: 1 };
const CORE = path.join(rootDir, 'libs/push-core/dist/esm');
const data = { text: 'x'.repeat(150) };

if (process.argv[2] === 'child') {
  console.log(JSON.stringify(await measure(...process.argv.slice(3))));
  process.exit(0);
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '1.5' },
    write: { type: 'boolean' },
  },
});
const loadAverageBefore = rounded(os.loadavg()[0]);
const without = withoutTracePoints();
const VARIANTS = {
  off: [CORE, 'plain'],
  metricsAndLogs: [CORE, 'observed'],
  noTracePoints: [without, 'plain'],
  // The same as `off`: what differs between the two is noise.
  offAgain: [CORE, 'plain'],
};
const rounds = [];
try {
  for (let i = 0; i < Number(options.rounds); i++) {
    const names = Object.keys(VARIANTS);
    const order = i % 2 === 0 ? names : names.toReversed();
    const round = {};
    for (const name of order) round[name] = runChild(...VARIANTS[name]);
    rounds.push(round);
    console.error(
      `round ${i + 1}: ${Object.keys(VARIANTS)
        .map((name) => `${name} ${rounded(round[name].cpuUs)}`)
        .join(', ')} µs`,
    );
  }
} finally {
  fs.rmSync(path.dirname(without), { recursive: true, force: true });
}

const median = (of) => rounded(summary(rounds.map(of)).median);
const share = (name, than) => median((round) => (100 * (round[name].cpuUs - round[than].cpuUs)) / round[than].cpuUs);
const results = {
  date: new Date().toISOString(),
  commit: commit(),
  machine: machine(),
  loadAverageBefore,
  rounds: rounds.length,
  secondsPerRound: Number(options.seconds),
  cpuUsPerMessage: Object.fromEntries(
    Object.keys(VARIANTS).map((name) => [name, median((round) => round[name].cpuUs)]),
  ),
  messagesPerSecond: Object.fromEntries(
    Object.keys(VARIANTS).map((name) => [name, median((round) => round[name].rate)]),
  ),
  overheadPercent: {
    metricsAndLogs: share('metricsAndLogs', 'off'),
    tracingOff: share('off', 'noTracePoints'),
    noise: share('offAgain', 'off'),
  },
  // Of the rounds' own shares, so that a median can be judged.
  spreadPercent: {
    metricsAndLogs: quartiles('metricsAndLogs', 'off'),
    tracingOff: quartiles('off', 'noTracePoints'),
    noise: quartiles('offAgain', 'off'),
  },
  goalPercent: GOALS,
};
console.log(JSON.stringify(results, null, 2));
if (options.write)
  fs.writeFileSync(path.join(rootDir, 'docs/benchmarks/observe.json'), `${JSON.stringify(results, null, 2)}\n`);

function quartiles(name, than) {
  const shares = rounds.map((round) => (100 * (round[name].cpuUs - round[than].cpuUs)) / round[than].cpuUs);
  shares.sort((a, b) => a - b);
  return [0.25, 0.75].map((q) => rounded(shares[Math.round(q * (shares.length - 1))]));
}

function runChild(core, kind) {
  const args = [fileURLToPath(import.meta.url), 'child', core, kind, options.seconds];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** push-core as it would be without the stations of a trace: a copy of the build, cut where they are. Fails where there is nothing to cut. */
function withoutTracePoints() {
  const folder = path.join(fs.mkdtempSync(path.join(rootDir, 'node_modules/.observe-')), 'esm');
  fs.cpSync(CORE, folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  cut(
    folder,
    'online/follower.js',
    /\n\s*const \{ traces \} = this\.connection\.hub;\s*if \(traces && pushes > 0\)\s*traces\.sent\([^;]*;/,
  );
  cut(folder, 'online/hub.js', /\n\s*if \(this\.traces\)\s*this\.traces\.acknowledged\([^;]*;/);
  cut(folder, 'online/offer-appended.js', /const told = traceHint\([^;]*;/);
  cut(folder, 'online/offer-appended.js', /, told\)/, ')');
  cut(folder, 'online/offer-appended.js', /, at: acceptedAt, trace \}/, ', at: acceptedAt }');
  cut(folder, 'intake/intake.js', /const \{ tracer \} = this\.ports;\s*if \(!tracer\)\s*/);
  cut(
    folder,
    'intake/intake.js',
    /await \(trace === undefined \|\| !this\.ports\.tracer\s*\? (this\.append\([^)]*\))\s*: [^;]*;/,
    'await $1;',
  );
  return folder;
}

function cut(folder, file, what, by = '') {
  const place = path.join(folder, file);
  const text = fs.readFileSync(place, 'utf8');
  if (!what.test(text)) throw new Error(`${file} has no ${what}`);
  fs.writeFileSync(place, text.replace(what, by));
}

/** One engine under load; the figures of the time after its warm-up. */
async function measure(core, kind, seconds) {
  const { createMemoryStore, createPush } = await import(pathToFileURL(path.join(core, 'index.js')));
  let store = createMemoryStore();
  let look = () => {};
  const authenticator = {
    authenticate: async (user) => ({ kind: 'valid', identity: { tenant: 'bench', user, expiresAt: Infinity } }),
  };
  if (kind === 'observed') {
    const { measureStore } = await import('../libs/nest-push/dist/esm/metrics/index.js');
    store = measureStore(store);
  }
  const push = createPush({ store, authenticator });
  await push.start();
  if (kind === 'observed') look = await observe(push, store);

  let connected = 0;
  let delivered = 0;
  let wanted = 0;
  const acks = [];
  for (let i = 0; i < DEVICES; i++) {
    const link = {
      transport: 'bench',
      resends: 'in place',
      lingerMs: 0,
      bufferedBytes: () => 0,
      ping() {},
      close() {},
      send(frames) {
        for (const { text } of frames) {
          if (text.startsWith('{"op":"connected"')) connected++;
          if (!text.startsWith('{"op":"push"')) continue;
          const lines = text.split('\n');
          const seq = /"seq":(\d+)/.exec(lines.at(-1))[1];
          acks.push(handler, `{"op":"ack","s":"@me","seq":${seq}}`, lines.length);
        }
      },
    };
    const handler = push.accept(link);
    handler.received(JSON.stringify({ op: 'connect', token: `u${i}`, device: 'd1' }));
  }
  while (connected < DEVICES) await new Promise((resolve) => setImmediate(resolve));

  let next = 0;
  const until = async (ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      for (; wanted - delivered < IN_FLIGHT; wanted++)
        void push.publish('bench', { to: { users: [`u${next++ % DEVICES}`] }, type: 'bench', data });
      await new Promise((resolve) => setImmediate(resolve));
      for (let i = 0; i < acks.length; i += 3) {
        acks[i].received(acks[i + 1]);
        delivered += acks[i + 2];
      }
      acks.length = 0;
    }
  };
  await until(800);
  const scraping = setInterval(look, SCRAPE_MS);
  look();
  const [cpu, begin, before] = [process.cpuUsage(), performance.now(), delivered];
  await until(Number(seconds) * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const took = performance.now() - begin;
  clearInterval(scraping);
  const messages = delivered - before;
  return { cpuUs: (user + system) / messages, rate: Math.round((messages / took) * 1000) };
}

/** What a server does beside delivering: metrics that are scraped, the sample that is looked for, a log with everything that hides secrets. */
async function observe(push, store) {
  const { createPushMetrics } = await import('../libs/nest-push/dist/esm/metrics/index.js');
  const { logTo } = await import('../apps/standalone/dist/log.js');
  const { logEvents } = await import('../apps/standalone/dist/log-events.js');
  const { pseudonyms } = await import('../apps/standalone/dist/log-people.js');
  const pino = createRequire(path.join(rootDir, 'apps/standalone/package.json'))('pino');
  const log = logTo(
    { level: 'info', secrets: ['a secret of the configuration'] },
    pino.destination({ dest: '/dev/null', sync: true }),
  );
  logEvents(push, log, pseudonyms('bench'));
  const metrics = await createPushMetrics(push, { store });
  return () => {
    log.info({ tenant: 'bench', connections: push.status().connections }, 'scraped');
    void metrics.text();
  };
}
