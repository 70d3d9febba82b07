// The same application on two generations of Nest: what is seen of it from outside is the same, word by word.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

export const checkNestApp = async (name, { step, tarballs, appIn, fixture }) => {
  const app = appIn(name);
  app.copyFrom(fixture);
  await step('npm install', () => app.install(tarballs));
  await step('type-check, with our .d.ts', () => app.npm('run', 'types'));
  await step('npm test', () => app.npm('test'));
  await step('npm run build', () => app.npm('run', 'build'));
  await step('boot, publish, receive, acknowledge', () => runIt(app));
};

/** Every source file is the same but for the `.js` that ES modules want behind what they import. */
export function assertSameSources(one, other) {
  const filesOf = (dir) => fs.readdirSync(path.join(dir, 'src'), { recursive: true }).filter((f) => f.endsWith('.ts'));
  assert.deepEqual(filesOf(one).sort(), filesOf(other).sort(), 'both generations have the same files');
  for (const file of filesOf(one)) {
    const read = (dir) => fs.readFileSync(path.join(dir, 'src', file), 'utf8');
    const withoutJs = read(other).replace(/(from '\.\.?\/[^']+)\.js'/g, "$1'");
    assert.equal(withoutJs, read(one), `src/${file} is the same in both generations`);
  }
}

async function runIt(app) {
  const begin = async () => {
    const server = app.start('dist/main.js', [], { PORT: '0' });
    const [, url] = await server.line(/^listening at (http\S+)$/);
    return { server, url };
  };
  const client = (url) => app.start('dist/client.js', [url, 'bob', 'phone']);

  const first = await begin();
  const phone = client(first.url);
  await phone.line(/^connected$/);
  await send(first.url, 'Hi!');
  await phone.line(/^ann: Hi!$/);
  await first.server.line(/bob has "Hi!" on phone/);
  assert.deepEqual(await receipts(first.url), [{ text: 'Hi!', user: 'bob', device: 'phone' }]);
  await phone.kill();
  await send(first.url, 'Are you there?');
  await first.server.stop();

  // Another process, the same file: what was accepted is there, what was acknowledged does not come again.
  const second = await begin();
  const again = client(second.url);
  await again.line(/^ann: Are you there\?$/);
  await second.server.line(/bob has "Are you there\?" on phone/);
  assert.deepEqual(
    again.lines.filter((line) => line.startsWith('ann:')),
    ['ann: Are you there?'],
  );
  await again.kill();
  await second.server.stop();
}

async function send(url, text) {
  const answer = await fetch(`${url}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room: 'lobby', from: 'ann', to: ['ann', 'bob'], text }),
  });
  const { id, ...message } = await answer.json();
  assert.equal(answer.status, 201);
  assert.equal(typeof id, 'string');
  assert.deepEqual(message, { room: 'lobby', from: 'ann', to: ['ann', 'bob'], text });
}

const receipts = async (url) => (await fetch(`${url}/messages/receipts`)).json();
