// APNs notifications a CPU second of the sending process, over TLS to a fake in another process. `node bench/works/apns.mjs [--rounds N] [--build DIR]`.
// Every notification is its own (badge, id and sequence number differ), as in a chat; the second figure is one content for all, which
// node-apn prepares once for all recipients. Ours and @parse/node-apn take turns, in one process with one connection each.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { randomUUID } from 'node:crypto';
import { startProcess } from '../lib/processes.mjs';
import { number, summary } from '../lib/statistics.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    build: { type: 'string', default: path.join(here, '../../libs/push-core/dist/esm') },
    only: { type: 'string' },
  },
});

const BATCH = 500;
const BATCHES = 12;
const GOAL = 1.5;

const from = (file) => import(pathToFileURL(path.join(options.build, file)).href);
const { createIds, systemClock } = await from('index.js');
const { apns, createHttpPool, createTokenShelf } = await from('providers/index.js');
const { createEgressGuard } = await from('providers/index.js');
const nodeApn = createRequire(import.meta.url)('@parse/node-apn');

const fake = await startProcess(path.join(here, '../servers/apns-fake.mjs'), { core: 1, args: [options.build] });
const [{ ca, endpoint, ...account }, other] = await fake.ask('accounts');
const tokens = Array.from({ length: BATCH }, (_, index) => (index + 1).toString(16).padStart(8, '0').repeat(8));
const expiresAt = Date.now() + 3_600_000;
let serial = 0;

const settings = new Map();
const shelf = createTokenShelf({
  clock: systemClock,
  store: {
    get: async (keys) => keys.map(({ name }) => settings.get(name)),
    list: async () => [],
    put: async ({ name }, value) => {
      const setting = { name, value, version: (settings.get(name)?.version ?? 0) + 1 };
      settings.set(name, setting);
      return setting;
    },
  },
});
const ours = apns.create(apns.parse({ ...account, endpoint }), {
  tenant: 't',
  clock: systemClock,
  random: Math.random,
  ids: createIds(),
  shelf,
  deadlineMs: 20_000,
  http: createHttpPool({
    clock: systemClock,
    random: Math.random,
    ca,
    guard: createEgressGuard({ allow: [new URL(endpoint).host] }),
    maxSessions: 1,
  }),
});
const theirs = new nodeApn.Provider({
  token: { key: other.key, keyId: other.keyId, teamId: other.teamId },
  address: new URL(other.endpoint).host,
  port: Number(new URL(other.endpoint).port),
  ca: other.ca,
  production: false,
  requestTimeout: 20_000,
});

const content = (n) => ({
  title: 'Ann',
  body: 'Are you coming tonight? We meet at eight at the usual place, bring the others along.',
  badge: n % 100,
  thread: 'room-7',
  data: {
    id: `mr5xkq3a8pZ0d0sJxE2cB9gkX1Qv${n}`,
    stream: '@me',
    seq: String(n),
    type: 'chat.message',
    thread: 'room-7',
  },
});

const device = (token) => ({
  tenant: 't',
  user: 'u',
  device: 'd',
  platform: 'ios',
  token: { provider: 'apns', token },
  registeredAt: 0,
});
const addresses = tokens.map(device);

function composed(n) {
  return {
    id: randomUUID(),
    messageId: 'm',
    ...content(n),
    sound: 'default',
    messageClass: 'im',
    collapseKey: 'room-7',
    priority: 'high',
    expiresAt,
    mutable: false,
  };
}

function notification(n) {
  const { title, body, badge, thread, data } = content(n);
  const note = new nodeApn.Notification();
  note.id = randomUUID();
  note.alert = { title, body };
  note.badge = badge;
  note.sound = 'default';
  note.threadId = thread;
  note.payload = { push: data };
  note.topic = account.topic;
  note.pushType = 'alert';
  note.priority = 10;
  note.expiry = Math.floor(expiresAt / 1000);
  note.collapseId = 'room-7';
  return note;
}

const works = {
  async ours() {
    const results = await ours.send(addresses.map((to) => ({ address: to, notification: composed(serial++) })));
    assert(
      results.every((result) => result.kind === 'accepted'),
      JSON.stringify(results.find((r) => r.kind !== 'accepted')),
    );
  },
  async nodeApn() {
    const results = await Promise.all(tokens.map((token) => theirs.send(notification(serial++), token)));
    assert(
      results.every(({ failed }) => failed.length === 0),
      JSON.stringify(results.find((r) => r.failed.length > 0)),
    );
  },
  async oursSame() {
    const same = composed(serial++);
    const results = await ours.send(
      addresses.map((to) => ({ address: to, notification: { ...same, id: randomUUID() } })),
    );
    assert(results.every((result) => result.kind === 'accepted'));
  },
  async nodeApnSame() {
    const note = notification(serial++);
    note.id = undefined;
    const { failed } = await theirs.send(note, tokens);
    assert.equal(failed.length, 0);
  },
};

async function measured(work, batches) {
  await fake.ask('requests');
  const before = process.cpuUsage();
  const startedAt = performance.now();
  for (let times = 0; times < batches; times++) await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / 1000;
  const { count } = await fake.ask('requests');
  assert.equal(count, batches * BATCH);
  return { perCpuSecond: count / ((user + system) / 1e6), perSecond: count / seconds };
}

// One alone: Apple allows no more on a new connection, and node-apn has its whole batch refused there.
await theirs.send(notification(serial++), tokens[0]);
await new Promise((resolve) => setTimeout(resolve, 300));

const names = Object.keys(works).filter((name) => options.only === undefined || name === options.only);
for (const name of names) await measured(works[name], 4);
const rounds = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < Number(options.rounds); round++) {
  for (let turn = 0; turn < names.length; turn++) {
    const name = names[(turn + round) % names.length];
    rounds[name].push(await measured(works[name], BATCHES));
  }
}
const figures = Object.fromEntries(names.map((name) => [name, summary(rounds[name].map((one) => one.perCpuSecond))]));
for (const name of names) {
  const { median, min, max } = figures[name];
  const { median: wall } = summary(rounds[name].map((one) => one.perSecond));
  console.log(`${name}: ${number(median)} a CPU second (${number(min)}–${number(max)}), ${number(wall)} a second`);
}
if (options.only === undefined) {
  const ratio = (one, other) => figures[one].median / figures[other].median;
  console.log(`each its own: ${ratio('ours', 'nodeApn').toFixed(2)} × (goal ${GOAL} ×)`);
  console.log(`one for all: ${ratio('oursSame', 'nodeApnSame').toFixed(2)} ×`);
}
theirs.shutdown();
await ours.close();
await fake.stop();
process.exit(0);
