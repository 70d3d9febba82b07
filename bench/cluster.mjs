// Measures a cluster: nodes, PostgreSQL, RabbitMQ and the load generator on the same cores. `node bench/cluster.mjs --help`.
// It makes a database and names of its own, and removes them. Everything started here ends with this process.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pause } from './lib/answers.mjs';
import { benchDir, rootDir } from './lib/contenders.mjs';
import { startProcess } from './lib/processes.mjs';
import { commit, machine } from './lib/results.mjs';
import { rounded } from './lib/statistics.mjs';

const HELP = `node bench/cluster.mjs [options]

  --database URL   PostgreSQL, a server to make a database on (default postgres://postgres@127.0.0.1:5432/postgres)
  --broker URL     RabbitMQ (default amqp://guest:guest@127.0.0.1:5672)
  --work NAME      rate, curve, topic (default: these) or soak: "rate" for half an hour
  --nodes N        nodes of the work "rate" (default 3)
  --users N        users of the work "rate", each with a device connected (default 1000)
  --rate N         messages a second of the work "rate" (default 4500)
  --seconds N      how long the work "rate" lasts (default 60)
  --profile DIR    CPU profiles of the nodes go there
  --write          writes docs/benchmarks/cluster.json
  --help`;

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
    broker: { type: 'string', default: 'amqp://guest:guest@127.0.0.1:5672' },
    work: { type: 'string', multiple: true, default: ['rate', 'curve', 'topic'] },
    nodes: { type: 'string', default: '3' },
    users: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '4500' },
    seconds: { type: 'string', default: '60' },
    profile: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const pg = createRequire(path.join(rootDir, 'libs/nest-push/package.json'))('pg');
const results = { date: new Date().toISOString(), commit: commit(), machine: machine(), works: {} };
const number = (name) => Number(options[name]);
const rate = (seconds) => steady({ nodes: number('nodes'), users: number('users'), rate: number('rate'), seconds });
const works = {
  rate: () => rate(number('seconds')),
  soak: () => rate(1800),
  async curve() {
    const points = [];
    for (const nodes of [1, 2, 4]) points.push(await steady({ nodes, users: 1000, rate: 1000 * nodes, seconds: 15 }));
    for (const users of [10_000, 100_000])
      points.push(await steady({ nodes: 2, users, connected: 10_000, rate: 2000, seconds: 15 }));
    return points;
  },
  topic: async () => ({
    one: await topic({ nodes: 1, connections: 9000 }),
    three: await topic({ nodes: 3, connections: 9000 }),
  }),
};
for (const name of options.work) {
  if (!(name in works)) throw new Error(`there is no work ${name}; there are ${Object.keys(works).join(', ')}`);
  results.works[name] = await works[name]();
  console.log(JSON.stringify(results.works[name], null, 1));
}
if (options.write) {
  const file = path.join(rootDir, 'docs/benchmarks/cluster.json');
  const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { works: {} };
  fs.writeFileSync(file, `${JSON.stringify({ ...results, works: { ...before.works, ...results.works } }, null, 2)}\n`);
  console.log(`written: ${path.relative(rootDir, file)}`);
}
process.exit(0);

/** A message a time to one user, published on another node than the one that holds the user's device. */
async function steady({ nodes, users, connected = users, rate, seconds }) {
  return withCluster(nodes, async ({ all, load, ports, path: wsPath }) => {
    const speak = { speak: 'ours', stream: '@me', window: 256, ackDelayMs: 0 };
    await load.ask('open', { ...speak, ports, path: wsPath, to: connected, exact: false });
    await pause(1000);
    // Those who are not connected are published to as well: their share costs what theirs costs.
    const share = (own) => ({ rate: rate / nodes, users, nodes, own: (own + 1) % nodes });
    await Promise.all(all.map((node, i) => node.ask('steady', { ...share(i), seconds: 3 })));
    await pause(1000);
    const before = await Promise.all(all.map((node) => node.ask('counts')));
    const heardBefore = await load.ask('report');
    await load.ask('latencyBegin');
    const runs = await Promise.all(all.map((node, i) => node.ask('steady', { ...share(i), seconds })));
    const expected = connected === users ? runs.reduce((sum, { sent }) => sum + sent, 0) : undefined;
    if (expected !== undefined) await load.ask('until', { total: heardBefore.received + expected });
    await pause(1500);
    const latency = await load.ask('latencyEnd');
    const heard = await load.ask('report');
    const after = await Promise.all(all.map((node) => node.ask('counts')));
    const messages = runs.reduce((sum, { sent }) => sum + sent, 0);
    const delta = (read) => after.reduce((sum, one, i) => sum + read(one) - read(before[i]), 0);
    const storeCalls = Object.fromEntries(
      Object.keys(after[0].store).map((name) => [
        name,
        rounded(delta((one) => one.store[name]?.calls ?? 0) / messages),
      ]),
    );
    return {
      nodes,
      users,
      connected,
      rate: rounded(messages / (Math.max(...runs.map(({ tookMicros }) => tookMicros)) / 1e6)),
      seconds,
      messages,
      delivered: heard.received - heardBefore.received,
      duplicates: heard.duplicates - heardBefore.duplicates,
      acknowledged: delta((one) => one.acknowledged),
      latencyMs: { p50: rounded(latency.p50), p99: rounded(latency.p99), worst: rounded(latency.worst) },
      acceptMs: {
        p50: rounded(Math.max(...runs.map((run) => run.acceptP50)) / 1000),
        p99: rounded(Math.max(...runs.map((run) => run.acceptP99)) / 1000),
      },
      perMessage: {
        storeCalls: rounded(Object.values(storeCalls).reduce((sum, one) => sum + one, 0)),
        hints: rounded(delta((one) => one.bus?.hints ?? 0) / messages),
        busCalls: rounded(delta((one) => one.bus?.calls ?? 0) / messages),
        brokerMessages: rounded(delta((one) => one.broker?.messages ?? 0) / messages),
        nodeCpuMicros: rounded(delta((one) => one.cpu.user + one.cpu.system) / messages),
      },
      storeCalls,
      storeMs: Object.fromEntries(
        Object.keys(after[0].store).map((name) => {
          const calls = delta((one) => one.store[name]?.calls ?? 0);
          return [name, calls === 0 ? null : rounded((delta((one) => one.store[name]?.seconds ?? 0) * 1000) / calls)];
        }),
      ),
    };
  });
}

/** One publish to a topic that everybody connected subscribes to: until the last of them has it. */
async function topic({ nodes, connections, messages = 20 }) {
  return withCluster(nodes, async ({ all, load, ports, path: wsPath }) => {
    await all[0].ask('subscribe', { topic: 'room', users: connections });
    await load.ask('open', {
      speak: 'ours',
      stream: 'room',
      window: 256,
      ackDelayMs: 200,
      ports,
      path: wsPath,
      to: connections,
    });
    await pause(2000);
    const times = [];
    for (let i = 0; i < messages; i++) {
      const { received } = await load.ask('report');
      const [{ startedAt }, { at }] = await Promise.all([
        all[0].ask('topic', { topic: 'room', messages: 1 }),
        load.ask('until', { total: received + connections }),
      ]);
      times.push((at - startedAt) / 1000);
      await pause(300);
    }
    times.sort((a, b) => a - b);
    return { nodes, connections, messages, medianMs: rounded(times[messages >> 1]), worstMs: rounded(times.at(-1)) };
  });
}

async function withCluster(nodes, measure) {
  const name = `push_bench_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: options.database });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const database = new URL(options.database);
  database.pathname = `/${name}`;
  const all = [];
  let load;
  try {
    for (let i = 0; i < nodes; i++) {
      const nodeArgs =
        options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(options.profile)}`];
      const args = [`n${i}`, database.href, options.broker, `${name}.`];
      all.push(
        await startProcess(path.join(benchDir, 'servers/cluster-node.mjs'), {
          core: '0,1',
          nodeArgs,
          args,
          timeoutMs: 3_600_000,
        }),
      );
    }
    const listening = await Promise.all(all.map((node) => node.ask('listen')));
    load = await startProcess(path.join(benchDir, 'load/generator.mjs'), { core: '0,1', timeoutMs: 3_600_000 });
    return await measure({ all, load, ports: listening.map(({ port }) => port), path: listening[0].path });
  } finally {
    await load?.stop();
    await Promise.all(all.map((node) => node.ask('stop').catch(() => {})));
    await Promise.all(all.map((node) => node.stop({ gentlyMs: options.profile === undefined ? 0 : 20_000 })));
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`).catch((error) => console.error(error.message));
    await admin.end();
  }
}
