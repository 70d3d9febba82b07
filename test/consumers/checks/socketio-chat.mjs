// A plain Socket.IO chat, and the same chat after a few lines: what a client misses before, it gets exactly once after.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { changedLines, differenceOf } from '../harness/changed-lines.mjs';
import { CuttableNetwork } from '../harness/cuttable.mjs';
import { freePort, untilListening } from '../harness/ports.mjs';

const FEWER_THAN = 25;
const SAID = /^ann: (.*)$/;

export async function check({ step, tarballs, appIn, fixture, write }) {
  await step('at-least-once.diff', () => checkDifference(fixture, write));
  const app = appIn('socketio-chat');
  app.copyFrom(path.join(fixture, 'before'));
  await step('before: npm install', () => app.install(tarballs));
  await step('before: build', () => app.tool('typescript/bin/tsc', ['-p', 'tsconfig.json']));
  await step('before: cut off, it misses a message', () => seeMissed(app));

  // As one would change it, in the same folder.
  app.copyFrom(path.join(fixture, 'after'));
  await step('after: npm install', () => app.install(tarballs));
  await step('after: build', () => app.tool('typescript/bin/tsc', ['-p', 'tsconfig.json']));
  await step('after: cut off, server killed, all exactly once', () => seeNoneMissed(app));
}

function checkDifference(fixture, write) {
  const file = path.join(fixture, 'at-least-once.diff');
  const difference = differenceOf(fixture, 'before', 'after');
  const count = changedLines(difference);
  console.log(`socketio-chat  ${count} changed lines`);
  assert.ok(count > 0 && count < FEWER_THAN, `${count} changed lines, promised are fewer than ${FEWER_THAN}`);
  if (write) return fs.writeFileSync(file, difference);
  const committed = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  assert.equal(committed, difference, 'at-least-once.diff is out of date: run with --write');
}

async function seeMissed(app) {
  await withChat(app, async ({ bob, say, cut, restore }) => {
    await say('one');
    await bob.line(/^ann: one$/);
    await cut();
    await say('two');
    await restore();
    await say('three');
    await bob.line(/^ann: three$/);
    assert.deepEqual(heard(bob), ['one', 'three']);
  });
}

async function seeNoneMissed(app) {
  await withChat(app, async ({ bob, say, cut, restore, crash }) => {
    await say('one');
    await bob.line(/^ann: one$/);
    await cut();
    await say('two');
    await restore();
    await say('three');
    await bob.line(/^ann: three$/);
    assert.deepEqual(heard(bob), ['one', 'two', 'three'], 'after a break of the network');

    await cut();
    await say('four');
    await crash();
    await restore();
    await say('five');
    await bob.line(/^ann: five$/);
    assert.deepEqual(heard(bob), ['one', 'two', 'three', 'four', 'five'], 'after kill -9 of the server');
  });
}

const heard = (client) => client.lines.map((line) => SAID.exec(line)?.[1]).filter((text) => text !== undefined);

/** Bob listens over a network that can be cut; Ann speaks to the server directly, each time until it has answered. */
async function withChat(app, story) {
  const port = await freePort();
  const begin = async () => {
    const server = app.start('dist/main.js', [], { PORT: String(port) });
    await server.line(/Nest application successfully started/);
    await untilListening(port);
    return server;
  };
  const network = new CuttableNetwork(port);
  const urlOf = (its) => ({ CHAT_URL: `http://localhost:${its}` });
  let server = await begin();
  const bob = app.start('client.mjs', ['bob'], urlOf(await network.open()));
  const times = (pattern) => bob.lines.filter((line) => pattern.test(line)).length;
  const again = async (pattern, act) => {
    const before = times(pattern);
    await act();
    await bob.until(() => times(pattern) > before, `${pattern} once more`);
  };
  try {
    await again(/^joined$/, () => undefined);
    await story({
      bob,
      say: (text) =>
        app.processes.run(process.execPath, ['client.mjs', 'ann', text], {
          cwd: app.dir,
          env: urlOf(port),
          deadlineMs: 20_000,
        }),
      cut: () => again(/^offline$/, () => network.cut()),
      restore: () => again(/^joined$/, () => network.restore()),
      crash: async () => {
        await server.kill();
        server = await begin();
      },
    });
  } finally {
    await bob.kill();
    await network.close();
  }
  await server.stop();
}
