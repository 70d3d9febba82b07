// One message to many phones that are not connected, and what it does to those who are. `node bench/works/offline.mjs [--devices N] [--to users|topic] [--database URL] [--profile FILE] [--write]`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pause } from '../lib/answers.mjs';
import { benchDir, rootDir } from '../lib/contenders.mjs';
import { startProcess } from '../lib/processes.mjs';
import { commit, machine } from '../lib/results.mjs';
import { rounded } from '../lib/statistics.mjs';

const { values: options } = parseArgs({
  options: {
    devices: { type: 'string', default: '100000' },
    to: { type: 'string', default: 'users' },
    database: { type: 'string' },
    profile: { type: 'string' },
    write: { type: 'boolean' },
  },
});
const devices = Number(options.devices);
const USERS = 200;
const STEADY = { rate: 500, seconds: 10, users: USERS };
const dir = mkdtempSync(path.join(tmpdir(), 'push-bench-'));
const mega = (bytes) => rounded(bytes / 1048576);

const fake = await startProcess(path.join(benchDir, 'servers/apns-fake.mjs'), {
  core: '0,1',
  args: [path.join(rootDir, 'libs/push-core/dist/esm')],
});
const [{ ca, ...credentials }] = await fake.ask('accounts');
const node = await startProcess(path.join(benchDir, 'servers/offline-node.mjs'), {
  core: '0,1',
  nodeArgs: ['--expose-gc'],
  args: [options.database ?? `sqlite:${path.join(dir, 'push.db')}`],
  timeoutMs: 900_000,
});
const load = await startProcess(path.join(benchDir, 'load/generator.mjs'), { core: '0,1', timeoutMs: 900_000 });
try {
  const { port, path: wsPath } = await node.ask('listen', { ca, credentials });
  await load.ask('open', {
    speak: 'ours',
    stream: '@me',
    window: 256,
    ackDelayMs: 0,
    port,
    path: wsPath,
    to: USERS,
    exact: false,
  });
  for (let from = 0; from < devices; from += 10_000)
    await node.ask('register', { from, count: Math.min(10_000, devices - from) });
  await node.ask('steady', { ...STEADY, seconds: 3 });

  const measured = async () => {
    await pause(500);
    await node.ask('loop');
    await load.ask('latencyBegin');
    await node.ask('steady', STEADY);
    const { p99: loopP99, worst: loopWorst } = await node.ask('loop');
    await pause(500);
    return { ...(await load.ask('latencyEnd')), loopP99, loopWorst };
  };
  const before = [await measured(), await measured(), await measured()];
  const { rss } = await node.ask('memory');
  if (options.profile) await node.ask('profile', {});
  const beganAt = performance.now();
  const { id } = await node.ask('toAll', { count: devices, to: options.to });
  const seen = [];
  const both = [];
  let last;
  do {
    both.push(await measured());
    last = await node.ask('progress', { id });
    seen.push({ s: rounded((performance.now() - beganAt) / 1000), notified: last.counts.notified, ...last.notifying });
    console.log(JSON.stringify(seen.at(-1)), JSON.stringify(both.at(-1)));
    if (performance.now() - beganAt > 600_000) throw new Error(`not done: ${JSON.stringify(last)}`);
  } while (last.counts.notified + last.counts.failed < devices);
  if (options.profile) await node.ask('profile', { file: options.profile });
  const median = (runs, name) => rounded(runs.map((one) => one[name]).sort((a, b) => a - b)[runs.length >> 1]);
  // The last one was not all of its time beside the work.
  const during = both.slice(0, Math.max(1, both.length - 1));
  const result = {
    devices,
    to: options.to,
    notified: last.counts.notified,
    seconds: seen.at(-1).s,
    rssGrowthMiB: mega(last.mostRss - rss),
    rssMiB: mega(last.mostRss),
    onlineP99Ms: { alone: median(before, 'p99'), during: median(during, 'p99') },
    loopP99Ms: { alone: median(before, 'loopP99'), during: median(during, 'loopP99') },
    onlineP50Ms: { alone: median(before, 'p50'), during: median(during, 'p50') },
    trouble: last.trouble,
    seen,
  };
  console.log(JSON.stringify(result, null, 1));
  if (options.write) {
    const file = path.join(rootDir, 'docs/benchmarks/offline.json');
    const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const results = {
      ...before,
      date: new Date().toISOString(),
      commit: commit(),
      machine: machine(),
      manyDevices: result,
    };
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  }
} finally {
  await Promise.all([load.stop(), node.stop(), fake.stop()]);
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);
