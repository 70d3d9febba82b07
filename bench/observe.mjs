// What looking on costs at a unicast load: metrics with scrapes, the conservation audit and the log; and tracing that is compiled in and off.
// Engines on the memory store, devices without sockets that acknowledge everything: so the share of what is measured is larger than it is
// with sockets. Two engines live in one process and take turns of 100 ms; compared is their CPU time for each message that was published,
// delivered and acknowledged. Each pair runs in several processes, since each compiles the code anew; `noise` compares an engine with itself.
//
//   node bench/observe.mjs [--processes N] [--blocks N] [--write]
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
const TURN_MS = 100;
/** Turns of each engine in a block, which is what is compared. With each second block one scrape: every two seconds. */
const TURNS = 10;
const WARM_UP_MS = 2000;
const GOALS = { metricsAndLogs: 5, tracingOff: 1 };
const CORE = path.join(rootDir, 'libs/push-core/dist/esm');
const data = { text: 'x'.repeat(150) };

if (process.argv[2] === 'child') {
  const [first, second, blocks] = process.argv.slice(3);
  console.log(JSON.stringify(await compare(JSON.parse(first), JSON.parse(second), Number(blocks))));
  process.exit(0);
}

const { values: options } = parseArgs({
  options: {
    processes: { type: 'string', default: '6' },
    blocks: { type: 'string', default: '8' },
    write: { type: 'boolean' },
  },
});
const loadAverageBefore = rounded(os.loadavg()[0]);
const copies = fs.mkdtempSync(path.join(rootDir, 'node_modules/.observe-'));
// Each engine has code of its own: what the one does must not change how the other is compiled.
const [one, other] = [copied('one'), copied('other')];
const without = withoutTracePoints(copied('without'));
const PAIRS = {
  metricsAndLogs: [{ core: one, observed: true }, { core: other }],
  tracingOff: [{ core: one }, { core: without }],
  noise: [{ core: one }, { core: other }],
};
const found = Object.fromEntries(Object.keys(PAIRS).map((name) => [name, []]));
try {
  for (let i = 0; i < Number(options.processes); i++) {
    for (const [name, pair] of Object.entries(PAIRS)) {
      // Whoever was made first has other places in memory.
      const turned = i % 2 === 1;
      const run = runChild(...(turned ? pair.toReversed() : pair));
      const [looked, plain] = turned ? run.toReversed() : run;
      const shares = looked.map((us, block) => (100 * (us - plain[block])) / plain[block]);
      found[name].push({ share: summary(shares).median, us: summary(plain).median });
      console.error(
        `${i + 1} ${name}: ${found[name].at(-1).share.toFixed(2)} % of ${found[name].at(-1).us.toFixed(1)} µs`,
      );
    }
  }
} finally {
  fs.rmSync(copies, { recursive: true, force: true });
}

const over = (name, of) => summary(found[name].map(of));
const results = {
  date: new Date().toISOString(),
  commit: commit(),
  machine: machine(),
  loadAverageBefore,
  processes: Number(options.processes),
  secondsPerEngineAndProcess: (Number(options.blocks) * TURNS * TURN_MS) / 1000,
  cpuUsPerMessage: rounded(over('noise', ({ us }) => us).median),
  overheadPercent: Object.fromEntries(
    Object.keys(PAIRS).map((name) => [name, rounded(over(name, ({ share }) => share).median)]),
  ),
  // Of the processes' own medians, so that a median can be judged.
  spreadPercent: Object.fromEntries(Object.keys(PAIRS).map((name) => [name, spread(name)])),
  goalPercent: GOALS,
};
console.log(JSON.stringify(results, null, 2));
if (options.write)
  fs.writeFileSync(path.join(rootDir, 'docs/benchmarks/observe.json'), `${JSON.stringify(results, null, 2)}\n`);

function spread(name) {
  const shares = found[name].map(({ share }) => share).sort((a, b) => a - b);
  return [shares[0], shares.at(-1)].map(rounded);
}

function runChild(first, second) {
  const args = [fileURLToPath(import.meta.url), 'child', JSON.stringify(first), JSON.stringify(second), options.blocks];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function copied(name) {
  const folder = path.join(copies, name);
  fs.cpSync(CORE, folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}

/** push-core as it would be without the stations of a trace: cut where they are. Fails where there is nothing to cut. */
function withoutTracePoints(folder) {
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

/** CPU time a message, in µs, of each engine in each block. They take turns, the one that begins changing. */
async function compare(first, second, blocks) {
  const engines = [await startEngine(first), await startEngine(second)];
  for (const engine of engines) await engine.work(WARM_UP_MS);
  const figures = [[], []];
  for (let block = 0; block < blocks; block++) {
    const sums = engines.map(() => ({ us: 0, messages: 0 }));
    for (let turn = 0; turn < TURNS; turn++) {
      const order = turn % 2 === 0 ? [0, 1] : [1, 0];
      for (const at of order) {
        const before = process.cpuUsage();
        sums[at].messages += await engines[at].work(TURN_MS);
        if (turn === 0 && block % 2 === 0) await engines[at].look();
        const { user, system } = process.cpuUsage(before);
        sums[at].us += user + system;
      }
    }
    sums.forEach(({ us, messages }, at) => figures[at].push(us / messages));
  }
  return figures;
}

/** One engine with its devices; `work` loads it for a while, and resolves to the number of messages when all are acknowledged. */
async function startEngine({ core, observed = false }) {
  const { createMemoryStore, createPush } = await import(pathToFileURL(path.join(core, 'index.js')));
  let store = createMemoryStore();
  const authenticator = {
    authenticate: async (user) => ({ kind: 'valid', identity: { tenant: 'bench', user, expiresAt: Infinity } }),
  };
  if (observed) {
    const { measureStore } = await import('../libs/nest-push/dist/esm/metrics/index.js');
    store = measureStore(store);
  }
  const push = createPush({ store, authenticator });
  await push.start();
  const look = observed ? await observe(push, store) : async () => {};

  let connected = 0;
  let [delivered, wanted, next] = [0, 0, 0];
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
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while (connected < DEVICES) await turn();

  const work = async (ms) => {
    const [end, before] = [performance.now() + ms, delivered];
    for (let over = false; !over || delivered < wanted; over ||= performance.now() >= end) {
      for (; !over && wanted - delivered < IN_FLIGHT; wanted++)
        void push.publish('bench', { to: { users: [`u${next++ % DEVICES}`] }, type: 'bench', data });
      await turn();
      for (let i = 0; i < acks.length; i += 3) {
        acks[i].received(acks[i + 1]);
        delivered += acks[i + 2];
      }
      acks.length = 0;
    }
    return delivered - before;
  };
  return { work, look };
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
  return async () => {
    log.info({ tenant: 'bench', connections: push.status().connections }, 'scraped');
    await metrics.text();
  };
}
