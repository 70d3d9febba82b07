// Bundles the browser entry as an application would and holds it to its budget.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const BUDGET_BYTES = 10 * 1024;

const result = await build({
  entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
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

console.log(
  `push-client for the browser: ${file.contents.length} bytes, ${gzipBytes} gzipped (budget ${BUDGET_BYTES})`,
);
if (left.length > 0) {
  console.error(`imports left in the bundle: ${left.join(', ')}`);
  process.exitCode = 1;
}
if (gzipBytes > BUDGET_BYTES) {
  console.error('over budget');
  process.exitCode = 1;
}
