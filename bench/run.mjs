// Measures nest-push beside its peers and writes docs/benchmarks. `npm run bench -- --help` shows the options.
// The load stays on 127.0.0.1, is bounded, and every process started here ends with this one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchDir, CONTENDERS, coreEntry, freshDatabase, missing, rootDir } from './lib/contenders.mjs';
import { pinned, startProcess } from './lib/processes.mjs';
import { table, writeReport, writeTables } from './lib/report.mjs';
import { commit, machine, workResults } from './lib/results.mjs';
import { rounded } from './lib/statistics.mjs';
import { idleMemory } from './works/idle-memory.mjs';
import { singleUser } from './works/single-user.mjs';
import { topicBurst } from './works/topic-burst.mjs';
import { transportWorks } from './works/transports.mjs';
import { topicSteady } from './works/topic-steady.mjs';

const WORKS = [topicBurst, topicSteady, singleUser, idleMemory, ...transportWorks];
const GROUPS = ['results', 'transports'];
const groupOf = (work) => work.group ?? 'results';
const HELP = `npm run bench -- [options]

  --group NAME      this group of works alone: ${GROUPS.join(', ')}
  --only NAME       this work alone (may be repeated): ${WORKS.map((work) => work.name).join(', ')}
  --contender NAME  these contenders alone (may be repeated): ${Object.keys(CONTENDERS).join(', ')}
  --rounds N        rounds of each (default 5)
  --quick           2 shorter rounds, to see that everything runs
  --data DIR        where the SQLite files go (default: the system's temporary folder)
  --profile DIR     CPU profiles of our server go there (open with Chrome's DevTools); figures suffer
  --write           write docs/benchmarks also after a run with the options above
  --help

A whole run takes about 45 minutes and writes docs/benchmarks: a .json, an .svg and the tables for each group. A run with --only, --contender, --quick
or --profile is for looking: it writes to bench/.last instead.`;

const { values: options } = parseArgs({
  options: {
    group: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
    contender: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    quick: { type: 'boolean' },
    data: { type: 'string' },
    profile: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
known(
  '--only',
  options.only,
  WORKS.map((work) => work.name),
);
known('--group', options.group, GROUPS);
known('--contender', options.contender, Object.keys(CONTENDERS));

const settings = {
  rounds: wholeNumber('--rounds', options.rounds) ?? (options.quick ? 2 : 5),
  connections: 1000,
  payloadBytes: 150,
  burstMessages: 500,
  burstWarmMs: 1500,
  rate: 40,
  steadySeconds: options.quick ? 4 : 10,
  inFlight: 500,
  singleWarmMs: options.quick ? 1000 : 2000,
  singleMeasureMs: options.quick ? 2000 : 5000,
  idleFrom: 1000,
  idleTo: 6000, // a shorter slope reads half as much again: never shortened
  pinned,
  loadAverageBefore: rounded(os.loadavg()[0]),
};

setUp();
if (settings.loadAverageBefore > 0.5) {
  console.log(
    `load average ${settings.loadAverageBefore}: something else is running; rates and latencies will not be comparable`,
  );
}
const skipped = {};
for (const name of Object.keys(CONTENDERS)) {
  const why = await missing(name);
  if (why === undefined) continue;
  skipped[name] = why;
  console.log(`left out: ${CONTENDERS[name].label}: ${why}`);
}
if (!pinned) console.log('taskset is not available: processes are not pinned to cores');

const works = WORKS.filter(
  (work) =>
    (options.only === undefined || options.only.includes(work.name)) &&
    (options.group === undefined || options.group.includes(groupOf(work))),
);
const takingPart = (work) =>
  work.contenders.filter(
    (name) => !(name in skipped) && (options.contender === undefined || options.contender.includes(name)),
  );
const figures = await measureAll();
const partial = options.only ?? options.contender ?? options.profile ?? options.quick;
const toDocs = partial === undefined || options.write === true;
const directory = toDocs ? path.join(rootDir, 'docs/benchmarks') : path.join(benchDir, '.last');
let failed = false;
for (const group of GROUPS) {
  const own = works.filter((work) => groupOf(work) === group);
  if (own.length > 0) report(group, own);
}
process.exit(failed ? 1 : 0);

function report(group, own) {
  const results = {
    date: new Date().toISOString(),
    commit: commit(),
    machine: machine(),
    settings,
    ...(Object.keys(skipped).length > 0 && { skipped }),
    works: Object.fromEntries(own.map((work) => [work.name, workResults(work, figures[work.name])])),
  };
  writeReport(group, results, own, directory);
  const text = table(results, own);
  console.log(`\n${text}\n\nwritten: ${path.relative(rootDir, directory)}/${group}.json and ${group}.svg`);
  if (toDocs) for (const page of writeTables(group, text)) console.log(`written: ${page}`);
  failed ||= Object.values(results.works).some((work) =>
    Object.values(work.contenders).some((contender) => contender.failures),
  );
}

/** Round by round, in each work one contender after the other; who begins moves on every round. */
async function measureAll() {
  const all = Object.fromEntries(
    works.map((work) => [work.name, Object.fromEntries(takingPart(work).map((name) => [name, []]))]),
  );
  const total = settings.rounds * works.reduce((sum, work) => sum + takingPart(work).length, 0);
  const begin = Date.now();
  let number = 0;
  for (let round = 0; round < settings.rounds; round++) {
    for (const work of works) {
      const names = takingPart(work);
      const first = round % Math.max(1, names.length);
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        number++;
        const label = `[${number}/${total}] round ${round + 1} ${work.name} ${CONTENDERS[name].label}`;
        const figure = await measured(work, name, round);
        all[work.name][name][round] = figure;
        const left = Math.round((((Date.now() - begin) / number) * (total - number)) / 1000);
        console.log(`${label}: ${shown(figure)}${left > 0 ? `   (about ${left} s left)` : ''}`);
      }
    }
  }
  return all;
}

async function measured(work, name, round) {
  const contender = CONTENDERS[name];
  const database = contender.database ? freshDatabase(options.data) : undefined;
  const profiling = options.profile !== undefined && contender.ours;
  const nodeArgs = [...(work.nodeArgs ?? [])];
  if (profiling)
    nodeArgs.push(
      '--cpu-prof',
      `--cpu-prof-dir=${path.resolve(options.profile)}`,
      `--cpu-prof-name=${work.name}-${name}-${round}.cpuprofile`,
    );
  let server;
  let load;
  try {
    server = await startProcess(path.join(benchDir, 'servers', contender.server), {
      core: 0,
      nodeArgs,
      args: contender.ours ? [database?.url ?? 'memory', ...(contender.args ?? [])] : contender.args,
    });
    load = await startProcess(path.join(benchDir, 'load/generator.mjs'), { core: 1 });
    return await work.measure({ server, load, contender, settings });
  } catch (error) {
    return { failed: String(error.message).slice(0, 600) };
  } finally {
    await server?.stop({ gentlyMs: profiling ? 20_000 : 0 });
    await load?.stop();
    database?.remove();
  }
}

function shown(figure) {
  if (figure.failed !== undefined) return `FAILED: ${figure.failed}`;
  return Object.entries(figure)
    .map(([key, value]) => `${key} ${rounded(value)}`)
    .join(', ');
}

/** Installs what bench/package-lock.json names and builds the workspace, where that is missing. */
function setUp() {
  const step = (title, program, args, cwd) => {
    console.log(`${title} …`);
    const { status } = spawnSync(program, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
    if (status !== 0) stop(`${title} failed`);
  };
  if (!fs.existsSync(path.join(benchDir, 'node_modules/.package-lock.json'))) {
    step('installing the peers', 'npm', ['ci', '--no-audit', '--no-fund'], benchDir);
  }
  const oursWanted = options.contender?.every((name) => !CONTENDERS[name].ours) !== true;
  if (oursWanted && !fs.existsSync(coreEntry))
    step('building the packages', process.execPath, ['.ci/prepare.mjs'], rootDir);
}

function known(option, given, names) {
  for (const name of given ?? [])
    if (!names.includes(name)) stop(`${option}: there is no ${name}; there are ${names.join(', ')}`);
}

function wholeNumber(option, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) stop(`${option} must be a whole number from 1 to 100`);
  return value;
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
