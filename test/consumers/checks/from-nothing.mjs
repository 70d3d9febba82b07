// From an empty folder to the first acknowledged message, as README.md says it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fenceAfter } from '../harness/fences.mjs';
import { freePort, untilListening } from '../harness/ports.mjs';
import { seconds } from '../harness/progress.mjs';

/** From the root of the repository. To become README.md, when that has the two markers. */
const QUICKSTART = 'README.md';
const PROMISED_MS = 5 * 60_000;
const NOT_NEEDED = ['--package-manager', 'npm', '--skip-git'];

export async function check({ step, tarballs, appIn, root }) {
  const begin = Date.now();
  const folder = appIn('from-nothing');
  const cli = path.join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  await step('nest new chat', () =>
    folder.processes.run(process.execPath, [cli, 'new', 'chat', ...NOT_NEEDED], { cwd: folder.dir }),
  );
  const app = appIn('from-nothing/chat');
  const ours = ['nest-push', 'push-client', 'push-core'].map((name) => tarballs.get(name));
  await step('npm install', () =>
    app.npm('install', '--no-audit', '--no-fund', '--prefer-offline', ...ours, 'typeorm', 'libsql'),
  );

  const port = await freePort();
  const { server, client } = quickstart(root);
  assert.match(client, /localhost:3000/, 'the client of the quick start connects to localhost:3000');
  fs.writeFileSync(app.path('src', 'app.module.ts'), server);
  fs.writeFileSync(app.path('client.mjs'), client.replaceAll('localhost:3000', `localhost:${port}`));
  await step('npm run build', () => app.npm('run', 'build'));

  await step('first acknowledged message', async () => {
    const running = app.start('dist/main.js', [], { PORT: String(port) });
    await running.line(/Nest application successfully started/);
    await untilListening(port);
    const said = await app.processes.run(process.execPath, ['client.mjs'], { cwd: app.dir, deadlineMs: 30_000 });
    assert.match(said, /Hi!/, 'the client shows the message');
    await running.line(/delivered/);
    await running.stop();
  });
  const took = Date.now() - begin;
  console.log(`from-nothing   from an empty folder to the first acknowledged message: ${seconds(begin)}`);
  assert.ok(took < PROMISED_MS, `it took ${seconds(begin)}, promised are five minutes`);
}

function quickstart(root) {
  const text = fs.readFileSync(path.join(root, QUICKSTART), 'utf8');
  return {
    server: fenceAfter(text, 'quickstart:server', QUICKSTART),
    client: fenceAfter(text, 'quickstart:client', QUICKSTART),
  };
}
