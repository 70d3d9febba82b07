// What users of the published packages would meet: packs them, installs them into small applications in folders of their
// own, type-checks those, tests them and runs them.
//
//   node test/consumers/run.mjs                  all, after `npm run build`
//   node test/consumers/run.mjs nest-11-cjs …    some
//   --keep                                       leaves the folders, and says where
//   --write                                      renews the files that are generated (at-least-once.diff)
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { App } from './harness/app.mjs';
import { packAll } from './harness/packages.mjs';
import { Processes } from './harness/processes.mjs';
import { progressOf, seconds } from './harness/progress.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '..', '..');
/** The longest first. */
const CHECKS = ['from-nothing', 'nest-11-cjs', 'nest-12-esm', 'socketio-chat', 'no-peers'];
/** Two cores: while one waits for npm the other compiles. */
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const wanted = positionals.length === 0 ? CHECKS : positionals;
const unknown = wanted.filter((name) => !CHECKS.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There are ${CHECKS.join(', ')}.`);
  process.exit(2);
}

const begin = Date.now();
const workDir = fs.mkdtempSync(path.join(os.tmpdir(), 'nest-push-consumers-'));
const processes = new Processes();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().then(() => process.exit(130)));

const failures = [];
try {
  const pack = () => packAll(processes, path.join(root, 'libs'), path.join(workDir, 'tarballs'));
  const tarballs = await progressOf('packages')('pack', pack);
  const waiting = [...wanted];
  const lane = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await one(name, tarballs);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
} catch (error) {
  failures.push(['packages', error]);
} finally {
  await cleanUp();
}
for (const [name, error] of failures) console.error(`\n=== ${name}\n${error.stack ?? error}`);
const result = failures.length === 0 ? 'all well' : `FAILED: ${failures.map(([name]) => name).join(', ')}`;
console.log(`\n${wanted.length} consumers, ${result}, ${seconds(begin)}`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function one(name, tarballs) {
  const since = Date.now();
  const step = progressOf(name);
  const appIn = (folder) => {
    const dir = path.join(workDir, folder);
    fs.mkdirSync(dir, { recursive: true });
    return new App(processes, dir);
  };
  try {
    const { check } = await import(`./checks/${name}.mjs`);
    await check({ step, tarballs, appIn, root, fixture: path.join(here, name), write: values.write });
    console.log(`${name.padEnd(14)} ok, ${seconds(since)}`);
  } catch (error) {
    failures.push([name, error]);
  }
}

async function cleanUp() {
  await processes.endAll();
  if (values.keep) console.log(`kept: ${workDir}`);
  else fs.rmSync(workDir, { recursive: true, force: true, maxRetries: 5 });
}
