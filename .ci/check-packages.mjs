// What users of the three packages would meet: packs each as npm would publish it and asks publint and
// are-the-types-wrong about the tarball, then compares the names each entry exports with the committed list.
//
//   node .ci/check-packages.mjs           all must be clean; run a build before
//   node .ci/check-packages.mjs --write   takes the present names as the list, to be read in review
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const write = process.argv.includes('--write');
const PACKAGES = ['push-core', 'push-client', 'nest-push'];
/** Entries for a bundler or a browser, which Node cannot be asked to load. */
const NOT_FOR_NODE = /\.(css|json|html)$/;

const workDir = fs.mkdtempSync(path.join(os.tmpdir(), 'nest-push-packages-'));
let failures = 0;
try {
  for (const name of PACKAGES) {
    const begin = Date.now();
    const problems = await check(name);
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
    for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`);
    failures += problems.length;
  }
} finally {
  fs.rmSync(workDir, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;

async function check(name) {
  const dir = path.join(root, 'libs', name);
  if (!fs.existsSync(path.join(dir, 'dist'))) return ['is not built; run `npm run build`'];
  const manifest = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
  const packed = await pack(dir);
  if (packed.problem !== undefined) return [packed.problem];
  const [lint, types, names] = await Promise.all([
    lintPackage(manifest, packed.tarball),
    typesOf(packed.tarball),
    publicNames(dir, manifest),
  ]);
  return [...strayFiles(packed.files), ...lint, ...types, ...names];
}

async function pack(dir) {
  const { code, output, stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', workDir],
    dir,
  );
  if (code !== 0) return { problem: `npm pack failed\n${output}` };
  const report = JSON.parse(stdout);
  const [entry] = Array.isArray(report) ? report : Object.values(report);
  return { tarball: path.join(workDir, path.basename(entry.filename)), files: entry.files.map((file) => file.path) };
}

function strayFiles(files) {
  return files
    .filter((file) => /\.spec\.|\.stamp$|\.tsbuildinfo$|(^|\/)node_modules\//.test(file))
    .map((file) => `would publish ${file}`);
}

async function lintPackage(manifest, tarball) {
  const bytes = fs.readFileSync(tarball);
  const { messages } = await publint({
    strict: true,
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint ${message.type}: ${formatMessage(message, manifest, { color: false })}`);
}

async function typesOf(tarball) {
  const attw = path.join(path.dirname(require.resolve('@arethetypeswrong/cli/package.json')), 'dist', 'index.js');
  const { code, output } = await run(
    process.execPath,
    [attw, tarball, '--no-color', '--no-emoji', '--format', 'ascii'],
    root,
  );
  return code === 0 ? [] : [`are-the-types-wrong:\n${output.trim()}`];
}

/** Entry by entry: what `import` gives is the committed list, and `require` gives the same. */
async function publicNames(dir, manifest) {
  const file = path.join(dir, 'public-names.json');
  const found = {};
  const problems = [];
  for (const [subPath, target] of Object.entries(manifest.exports)) {
    if (NOT_FOR_NODE.test(subPath)) continue;
    const specifier = `${manifest.name}${subPath.slice(1)}`;
    try {
      found[subPath] = namesOf(await import(specifier));
      if (typeof target === 'object' && 'require' in target) {
        const required = namesOf(require(specifier));
        problems.push(...difference(`require('${specifier}') against import`, found[subPath], required));
      }
    } catch (error) {
      problems.push(`${specifier} does not load: ${error.message}`);
    }
  }
  if (problems.length > 0) return problems;
  if (write) {
    fs.writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    return [];
  }
  if (!fs.existsSync(file)) return ['public-names.json is missing; run `node .ci/check-packages.mjs --write`'];
  const listed = JSON.parse(fs.readFileSync(file, 'utf8'));
  const entries = [...new Set([...Object.keys(listed), ...Object.keys(found)])].sort();
  return entries.flatMap((entry) =>
    difference(`public names of "${entry}" against public-names.json`, listed[entry] ?? [], found[entry] ?? []),
  );
}

function namesOf(module) {
  return Object.keys(module)
    .filter((name) => name !== 'default' && name !== 'module.exports' && name !== '__esModule')
    .sort();
}

function difference(title, expected, actual) {
  const gone = expected.filter((name) => !actual.includes(name)).map((name) => `- ${name}`);
  const added = actual.filter((name) => !expected.includes(name)).map((name) => `+ ${name}`);
  return gone.length + added.length === 0 ? [] : [[title, ...gone, ...added].join('\n')];
}

function run(file, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk) => ((stdout += chunk), (output += chunk)));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, stdout, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, output }));
  });
}
