// Makes a clone ready: installs what package-lock.json names, then builds the packages in the order of their dependencies.
// Runs before `npm start` and `npm test`. What is already in place is left alone, so a second run costs only some hashing.
//
//   node .ci/prepare.mjs           what is missing or out of date
//   node .ci/prepare.mjs --force   builds every package again
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MINIMUM_NODE = [20, 19];
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const force = process.argv.includes('--force');
const at = (...parts) => path.join(root, ...parts);

/** Upstream first. `after` names the packages whose built types this one reads; `page`, the folder of a page that Vite builds. */
const PACKAGES = [
  { name: 'push-core', dir: 'libs/push-core', after: [] },
  { name: 'push-client', dir: 'libs/push-client', after: ['push-core'] },
  { name: 'nest-push', dir: 'libs/nest-push', after: ['push-core'] },
  { name: 'standalone', dir: 'apps/standalone', after: ['push-core', 'push-client', 'nest-push'], page: 'console' },
  { name: 'demo-im', dir: 'apps/demo-im', after: ['push-core', 'push-client', 'nest-push'], page: 'web' },
];
const STEPS = PACKAGES.length + 1;

class StepFailed extends Error {}

checkNode();
const startedAt = Date.now();
const release = await takeLock();
try {
  const installed = await install();
  const built = await build();
  if (!installed && built.count === 0) {
    console.log(`ready: dependencies and ${built.present} packages are up to date (${seconds(startedAt)})`);
  } else {
    console.log(`ready in ${seconds(startedAt)}`);
  }
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  release();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(`nest-push needs Node ${MINIMUM_NODE.join('.')} or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

// ---- installing ------------------------------------------------------------------------------------------------------

async function install() {
  const lockText = read(at('package-lock.json'));
  const stampFile = at('node_modules', '.push-setup.json');
  const wanted = lockText === undefined ? 'no-lock' : sha256(lockText);
  const installedText = read(at('node_modules', '.package-lock.json'));
  if (installedText !== undefined && parse(read(stampFile))?.lock === wanted) return false;

  const inPlace = installedText !== undefined && lockText !== undefined && sameTree(lockText, installedText);
  if (!inPlace) {
    const verb = lockText === undefined ? 'install' : 'ci';
    await step(1, 'installing', () => [npm([verb, '--no-audit', '--no-fund', '--include=dev'])]);
  }
  fs.writeFileSync(stampFile, `${JSON.stringify({ lock: wanted, node: process.versions.node })}\n`);
  return !inPlace;
}

/** True when somebody ran npm by hand and what it left is what the lock file asks for. */
function sameTree(lockText, installedText) {
  const wanted = parse(lockText)?.packages ?? {};
  const present = parse(installedText)?.packages ?? {};
  return Object.entries(wanted).every(([place, entry]) => {
    if (!place.includes('node_modules/')) return true;
    const found = present[place];
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return entry.link === true ? found.resolved === entry.resolved : found.version === entry.version;
  });
}

function npm(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return [process.execPath, [script, ...args], {}];
  return ['npm', args, { shell: process.platform === 'win32' }];
}

// ---- building --------------------------------------------------------------------------------------------------------

async function build() {
  const common = sha256(read(at('tsconfig.json')) ?? '', read(at('package-lock.json')) ?? '');
  const stamps = new Map();
  let count = 0;
  let present = 0;
  for (const [index, { name, dir, after, page }] of PACKAGES.entries()) {
    const targets = targetsOf(dir);
    if (targets.length === 0) {
      console.log(`[${index + 2}/${STEPS}] ${name}: nothing to build yet, left out`);
      continue;
    }
    present += 1;
    const stampFile = at(dir, 'dist', '.stamp');
    const stamp = sha256(common, ...after.map((upstream) => stamps.get(upstream) ?? ''), hashOfPackage(dir, page));
    stamps.set(name, stamp);
    if (!force && read(stampFile) === stamp) continue;

    // Built beside the present output and put in its place at the end: a failed build takes nothing away, and nothing
    // stays behind of a source that is gone.
    const next = at(dir, '.dist-next');
    fs.rmSync(next, { recursive: true, force: true });
    try {
      await step(index + 2, `building ${name}`, () => [
        ...targets.map(({ config, out }) => tsc(at(dir, config), path.join(next, out))),
        ...(page === undefined ? [] : [vite(at(dir, page), path.join(next, page))]),
      ]);
      for (const { out, type } of targets) finishOutput(at(dir, 'src'), path.join(next, out), type);
      fs.writeFileSync(path.join(next, '.stamp'), stamp);
      fs.rmSync(at(dir, 'dist'), { recursive: true, force: true });
      fs.renameSync(next, at(dir, 'dist'));
    } finally {
      fs.rmSync(next, { recursive: true, force: true });
    }
    count += 1;
  }
  return { count, present };
}

/** The tsconfig files of a package, each with where it writes inside `dist`. None while the package has no sources. */
function targetsOf(dir) {
  if (!filesUnder(at(dir, 'src')).some((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))) return [];
  return [
    { config: 'tsconfig.esm.json', out: 'esm', type: 'module' },
    { config: 'tsconfig.cjs.json', out: 'cjs', type: 'commonjs' },
    { config: 'tsconfig.build.json', out: '', type: undefined },
  ].filter(({ config }) => fs.existsSync(at(dir, config)));
}

/**
 * Says which module system the folder holds, and brings along the pages and other files tsc does not copy. A folder with a `needs.json` is an
 * entry that imports optional peers: its index says what to install where one is missing.
 */
function finishOutput(src, out, type) {
  if (type !== undefined) fs.writeFileSync(path.join(out, 'package.json'), `${JSON.stringify({ type })}\n`);
  for (const file of filesUnder(src)) {
    if (/\.(ts|tsx|mts|cts)$/.test(file)) continue;
    if (path.basename(file) === 'needs.json') {
      guardEntry(path.join(out, path.relative(src, path.dirname(file))), type, parse(read(file)));
      continue;
    }
    const target = path.join(out, path.relative(src, file));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(file, target);
  }
}

/** `index.js` becomes `entry.js`, and a new index loads that one, or says what to install. */
function guardEntry(folder, type, { entry, packages }) {
  const index = path.join(folder, 'index.js');
  const compiled = fs.readFileSync(index, 'utf8');
  fs.writeFileSync(path.join(folder, 'entry.js'), compiled.replace('index.js.map', 'entry.js.map'));
  fs.renameSync(`${index}.map`, path.join(folder, 'entry.js.map'));
  const install = packages.join(' ');
  const failed = `  const message = '${entry} needs ${packages.join(' and ')}: npm install ${install}';
  const missing = ${JSON.stringify(packages)}.some((name) => String(error.message).includes("'" + name));
  throw missing && /MODULE_NOT_FOUND$/.test(error.code) ? new Error(message, { cause: error }) : error;`;
  const names = [...compiled.matchAll(/^export \{([^}]*)\} from/gm)].flatMap(([, list]) => list.split(','));
  const load = {
    module: `let entry;\ntry {\n  entry = await import('./entry.js');\n} catch (error) {\n${failed}\n}\nexport const {${names.join(',')}} = entry;\n`,
    commonjs: `'use strict';\ntry {\n  module.exports = require('./entry.js');\n} catch (error) {\n${failed}\n}\n`,
  };
  fs.writeFileSync(index, load[type]);
}

function tsc(config, outDir) {
  return [process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', config, '--outDir', outDir], {}];
}

function vite(page, outDir) {
  const script = at('node_modules/vite/bin/vite.js');
  return [process.execPath, [script, 'build', '--outDir', outDir, '--emptyOutDir'], { cwd: page }];
}

function hashOfPackage(dir, page) {
  const own = fs.readdirSync(at(dir)).filter((name) => name === 'package.json' || /^tsconfig.*\.json$/.test(name));
  const pageFiles = page === undefined ? [] : filesUnder(at(dir, page));
  const files = [...own.map((name) => at(dir, name)), ...filesUnder(at(dir, 'src')), ...pageFiles];
  const sources = files.filter((file) => !file.endsWith('.spec.ts')).sort();
  return sha256(...sources.flatMap((file) => [path.relative(root, file), fs.readFileSync(file)]));
}

// ---- running a step --------------------------------------------------------------------------------------------------

/** Runs the commands side by side under one progress line; a failure shows what they printed. */
async function step(number, title, commands) {
  const begin = Date.now();
  const label = `[${number}/${STEPS}] ${title} …`;
  const live = process.stdout.isTTY === true;
  process.stdout.write(live ? label : `${label}\n`);
  const ticker = setInterval(
    () => process.stdout.write(live ? `\r${label} ${seconds(begin)}` : `      ${title} … ${seconds(begin)} so far\n`),
    live ? 1000 : 15_000,
  );
  const results = await Promise.all(commands().map(run));
  clearInterval(ticker);
  const failed = results.filter(({ code }) => code !== 0);
  const outcome = failed.length === 0 ? seconds(begin) : `failed after ${seconds(begin)}`;
  process.stdout.write(`${live ? '\r' : ''}${label} ${outcome}\n`);
  if (failed.length === 0) return;
  const shown = failed.map(({ command, output }) => `$ ${command}\n${output.trimEnd()}`).join('\n\n');
  throw new StepFailed(`\n${shown}\n\n${title} failed.`);
}

function run([file, args, options]) {
  return new Promise((resolve) => {
    const command = [path.basename(file), ...args].join(' ').replaceAll(root + path.sep, '');
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ command, code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ command, code: code ?? 1, output }));
  });
}

// ---- one run at a time -----------------------------------------------------------------------------------------------

/** `npm start` and `npm test` in two terminals must not delete each other's output. A dead owner's lock is taken over. */
async function takeLock() {
  const file = path.join(os.tmpdir(), `nest-push-prepare-${sha256(root).slice(0, 16)}.lock`);
  for (let told = false; ;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      const drop = () => fs.rmSync(file, { force: true });
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (drop(), process.exit(130)));
      return drop;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(read(file));
    if (owner > 0 && !alive(owner)) {
      fs.rmSync(file, { force: true });
      continue;
    }
    if (!told) console.log('waiting for another set-up of this folder to finish …');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// ---- small things ----------------------------------------------------------------------------------------------------

function read(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function parse(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

function filesUnder(dir) {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function seconds(since) {
  const elapsed = (Date.now() - since) / 1000;
  return `${elapsed < 10 ? elapsed.toFixed(1) : Math.round(elapsed)} s`;
}
