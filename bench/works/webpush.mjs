// Web Push requests made a CPU second: what a notification costs before it goes out, encryption and VAPID header included.
// `node bench/works/webpush.mjs [--rounds N] [--entry FILE]`. Ours runs through its provider, with a pool that answers at once;
// web-push through generateRequestDetails, which is what its sendNotification calls before it opens a connection.
import assert from 'node:assert/strict';
import { createECDH, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { number, summary } from '../lib/statistics.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    entry: { type: 'string', default: path.join(here, '../../libs/push-core/dist/esm/providers/index.js') },
  },
});

const SUBSCRIPTIONS = 1000;
const ORIGINS = ['https://fcm.googleapis.com', 'https://updates.push.services.mozilla.com', 'https://ntfy.example'];
const ROUND = { ours: 4000, webPush: 600 };
const GOAL = 4;

const require = createRequire(import.meta.url);
const webPush = require('web-push');
const ece = require('http_ece');
const { webpush } = await import(pathToFileURL(options.entry).href);

const vapid = { subject: 'mailto:ops@example.org', ...webPush.generateVAPIDKeys() };
const subscribers = Array.from({ length: SUBSCRIPTIONS }, (_, index) => {
  const keys = createECDH('prime256v1');
  const p256dh = keys.generateKeys('base64url');
  const auth = randomBytes(16).toString('base64url');
  const endpoint = `${ORIGINS[index % ORIGINS.length]}/send/${randomBytes(80).toString('base64url')}`;
  return { keys, subscription: { endpoint, keys: { p256dh, auth } } };
});
const content = {
  title: 'Ann',
  body: 'Are you coming tonight? We meet at eight at the usual place, bring the others along.',
  collapseKey: 'room-7',
  data: { id: 'mr5xkq3a8pZ0d0sJxE2cB9gkX1Qv', stream: '@me', seq: '42', type: 'chat.message', thread: 'room-7' },
};
/** The same bytes for both: what ours makes of the notification. */
let payload;

let caught;
const provider = webpush.create(webpush.parse(vapid), {
  tenant: 't',
  deadlineMs: 1000,
  clock: { now: Date.now, elapsed: () => performance.now(), soon: (run) => setImmediate(run) },
  http: {
    request(request) {
      caught = request;
      return Promise.resolve({ kind: 'answered', status: 201, headers: {}, body: '', truncated: false });
    },
    forget() {},
  },
});

async function ours(count) {
  for (let done = 0; done < count; done += webpush.traits.batch) {
    const requests = Array.from({ length: webpush.traits.batch }, (_, index) => request(done + index));
    const results = await provider.send(requests);
    assert(results.every(({ kind }) => kind === 'accepted'));
  }
  return Math.ceil(count / webpush.traits.batch) * webpush.traits.batch;
}

function request(index) {
  const { subscription } = subscribers[index % SUBSCRIPTIONS];
  const token = { provider: 'webpush', token: subscription };
  const expiresAt = Date.now() + 3_600_000;
  return {
    address: { tenant: 't', user: `u${index}`, device: 'd', platform: 'web', token, registeredAt: 0 },
    notification: { ...content, id: `n${index}`, messageId: 'm', priority: 'high', mutable: false, expiresAt },
  };
}

async function peer(count) {
  for (let index = 0; index < count; index++) {
    const { subscription } = subscribers[index % SUBSCRIPTIONS];
    caught = webPush.generateRequestDetails(subscription, payload, { vapidDetails: vapid, TTL: 3600, topic: 'x' });
  }
  return count;
}

/** Both are read by their subscriber, so that neither is fast by leaving something out. */
async function proved() {
  const { keys, subscription } = subscribers[0];
  const opened = () => {
    const given = { version: 'aes128gcm', privateKey: keys, authSecret: subscription.keys.auth };
    return ece.decrypt(Buffer.from(caught.body), given).toString();
  };
  await provider.send([request(0)]);
  payload = opened();
  assert.equal(JSON.parse(payload).body, content.body);
  assert.match(caught.headers.authorization, /^vapid t=/);
  await peer(1);
  assert.equal(opened(), payload);
}

/** Requests a second of CPU time of this process, whatever else runs on the machine. */
async function rate(work, count) {
  const before = process.cpuUsage();
  const made = await work(count);
  const { user, system } = process.cpuUsage(before);
  return made / ((user + system) / 1e6);
}

await proved();
const rates = { ours: [], webPush: [] };
await rate(ours, ROUND.ours / 4);
await rate(peer, ROUND.webPush / 4);
for (let round = 0; round < Number(options.rounds); round++) {
  const turn = [() => rate(ours, ROUND.ours).then((r) => rates.ours.push(r))];
  turn.push(() => rate(peer, ROUND.webPush).then((r) => rates.webPush.push(r)));
  for (const measure of round % 2 === 0 ? turn : turn.reverse()) await measure();
}
const [mine, theirs] = [summary(rates.ours), summary(rates.webPush)];
const times = mine.median / theirs.median;
console.log(`payload ${payload.length} bytes, ${SUBSCRIPTIONS} subscriptions, ${ORIGINS.length} push services`);
for (const [name, { median, min, max }] of [
  ['nest-push', mine],
  [`web-push ${require('web-push/package.json').version}`, theirs],
]) {
  console.log(`${name.padEnd(16)} ${number(median)}/CPU s (${number(min)} to ${number(max)})`);
}
console.log(`${number(times)} × (goal: ${GOAL} ×)`);
process.exitCode = times >= GOAL ? 0 : 1;
