#!/usr/bin/env node
import { createECDH, randomBytes } from 'node:crypto';
import type { Explanation } from 'push-core';
import { FakeApns, FakeFcm, FakeWebPush } from 'push-core/testing';
import { readConfig } from '../config.js';
import { createLog } from '../log.js';
import { startServer } from '../server.js';
import { Backend } from './backend.js';
import { halfOpenBrowser, offlinePhone, readElsewhere, type Stage } from './stories.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** When, counted from the acceptance, what, where, why. */
function tell({ steps, outcome, user }: Explanation): void {
  const [{ at: start = 0 } = {}] = steps;
  for (const { at, what, reason, device, provider, text } of steps) {
    const when = at === undefined ? '' : `+${((at - start) / 1000).toFixed(3)} s`;
    const where = [device, provider && `over ${provider}`].filter(Boolean).join(' ');
    const why = reason === undefined || reason === what ? '' : `(${reason}) `;
    say(`  ${when.padStart(9)}  ${what.padEnd(10)} ${where.padEnd(20)} ${why}${text}`);
  }
  say(`             → ${user}: ${outcome}`);
}

const began = performance.now();
const fakes = await Promise.all([new FakeApns().listen(), FakeWebPush.listen(), new FakeFcm().listen()]);
const [apns, webpush, fcm] = fakes;
const adminKey = randomBytes(32).toString('hex');
const read = readConfig({
  PUSH_PORT: '0',
  PUSH_DATABASE_URL: 'memory:',
  PUSH_ADMIN_KEY: adminKey,
  PUSH_LOG_LEVEL: 'silent',
  // The fakes stand on this machine, where no tenant's address may lead otherwise.
  PUSH_EGRESS_ALLOW: fakes.map(({ url }) => new URL(url).host).join(','),
});
if (!read.ok) throw new Error(read.errors.join('\n'));
const server = await startServer(read.config, createLog({ level: 'silent' }, false), 'demo');
const backend = new Backend(server.url, adminKey);

const vapid = createECDH('prime256v1');
const serverKey = vapid.generateKeys('base64url');
await backend.setProvider('apns', apns.credentials);
await backend.setProvider('fcm', fcm.credentials);
await backend.setProvider('webpush', {
  subject: 'mailto:push@example.com',
  publicKey: serverKey,
  privateKey: vapid.getPrivateKey('base64url'),
});
say('A server in memory, and fakes of Apple, Google and a browser’s push service on this machine. Credentials:');
for (const provider of ['apns', 'fcm', 'webpush']) say(`  ${provider}: ${await backend.checkProvider(provider)}`);

const stage: Stage = { backend, port: server.port, apns, webpush, fcm, serverKey, say, tell };
say('\nAnn’s phone is offline');
await offlinePhone(stage);
say('\nBob’s browser is connected, and then half-open');
await halfOpenBrowser(stage);
say('\nCleo’s tablet is offline, and she reads on her laptop');
await readElsewhere(stage);

await server.close();
await Promise.all(fakes.map((fake) => fake.close()));
say(
  `\nAll of it in ${((performance.now() - began) / 1000).toFixed(1)} s. GET /v1/messages/{id}/explain?user= tells it of any message.`,
);
