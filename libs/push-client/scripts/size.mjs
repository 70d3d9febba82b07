// Bundles the browser entries as an application would and holds them to their budgets.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const KIB = 1024;
const src = fileURLToPath(new URL('../src', import.meta.url));

const BUNDLES = [
  { what: 'push-client for the browser', code: `export * from './index.js';`, budgetBytes: 10 * KIB },
  {
    what: 'the same with its fallback',
    code: `export * from './index.js'; export * from './fallback/index.js';`,
    budgetBytes: 14 * KIB,
  },
  { what: 'end-to-end encryption alone', code: `export * from './e2ee/index.js';`, budgetBytes: 8 * KIB },
];

for (const { what, code, budgetBytes } of BUNDLES) {
  const result = await build({
    stdin: { contents: code, resolveDir: src, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'error',
    // The wire types must vanish; were one imported as a value, it would stay visible below.
    external: ['push-core', 'push-core/*', 'node:*', 'ws'],
  });
  const [file] = result.outputFiles;
  const gzipBytes = gzipSync(file.contents, { level: 9 }).length;
  const left = Object.values(result.metafile.outputs).flatMap((output) => output.imports.map((i) => i.path));

  console.log(`${what}: ${file.contents.length} bytes, ${gzipBytes} gzipped (budget ${budgetBytes})`);
  if (left.length > 0) {
    console.error(`imports left in the bundle: ${left.join(', ')}`);
    process.exitCode = 1;
  }
  if (gzipBytes > budgetBytes) {
    console.error('over budget');
    process.exitCode = 1;
  }
}
