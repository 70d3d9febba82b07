import { createECDH, generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import webPush from 'web-push';
import { FakeWebPush, type FakeSubscription } from './webpush.js';

const vapidKeys = webPush.generateVAPIDKeys();
const vapidDetails = { subject: 'mailto:ops@example.org', ...vapidKeys };
const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3600;

let fake: FakeWebPush;
let subscription: FakeSubscription;

beforeEach(async () => {
  fake = await FakeWebPush.listen({ now: () => NOW });
  subscription = fake.subscribe(vapidKeys.publicKey);
});
afterEach(() => fake.close());

/** What the package of that name makes: a sender that is not ours. */
function details(changes: object = {}, to = subscription, payload = 'Hi!') {
  const { headers, body } = webPush.generateRequestDetails(to, payload, { vapidDetails, TTL: 60 });
  const claims = { aud: new URL(fake.url).origin, exp: NOW / 1000 + 12 * HOUR, sub: vapidDetails.subject };
  return { headers: { ...headers, Authorization: vapid(claims), ...changes } as Record<string, string>, body };
}

async function post(
  { headers, body }: { headers: Record<string, string>; body?: Buffer },
  endpoint = subscription.endpoint,
) {
  const given = Object.entries(headers).filter(([name, value]) => value !== undefined && name !== 'Content-Length');
  const init = { method: 'POST', headers: Object.fromEntries(given), body: body && new Uint8Array(body) };
  const answer = await fetch(endpoint, init);
  const text = await answer.text();
  return { status: answer.status, errno: text === '' ? undefined : (JSON.parse(text) as { errno: number }).errno };
}

const own = {
  ...{ kty: 'EC', crv: 'P-256', d: vapidKeys.privateKey },
  x: Buffer.from(vapidKeys.publicKey, 'base64url').subarray(1, 33).toString('base64url'),
  y: Buffer.from(vapidKeys.publicKey, 'base64url').subarray(33).toString('base64url'),
};
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

function vapid(claims: object, { alg = 'ES256', isForeign = false } = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', alg })}.${part(claims)}`;
  const form = { dsaEncoding: 'ieee-p1363' } as const;
  const key = isForeign ? { ...form, key: foreign } : { ...form, key: own, format: 'jwk' as const };
  const signature = sign('sha256', Buffer.from(text), key).toString('base64url');
  return `vapid t=${text}.${signature}, k=${vapidKeys.publicKey}`;
}

it('takes and reads what the package web-push sends', async () => {
  expect(await post(details())).toEqual({ status: 201, errno: undefined });
  expect(fake.pushes.map(({ plaintext }) => String(plaintext))).toEqual(['Hi!']);
});

it('takes a push without a body', async () => {
  expect(await post({ ...details(), body: undefined })).toMatchObject({ status: 201 });
});

it('takes what it cannot read, as the real one would', async () => {
  const other = createECDH('prime256v1').generateKeys('base64url');
  const details_ = details({}, { ...subscription, keys: { ...subscription.keys, p256dh: other } });
  expect(await post(details_)).toMatchObject({ status: 201 });
  expect(fake.pushes[0]).not.toHaveProperty('plaintext');
});

const good = () => ({ aud: new URL(fake.url).origin, exp: NOW / 1000 + HOUR, sub: 'mailto:ops@example.org' });

it.each<[string, () => object, number, number]>([
  ['no TTL', () => ({ TTL: undefined }), 400, 111],
  ['a TTL in words', () => ({ TTL: 'long' }), 400, 112],
  ['a TTL of 31 days', () => ({ TTL: '2678400' }), 400, 112],
  ['a Topic with other characters', () => ({ Topic: 'room 7' }), 400, 113],
  ['a Topic of 33 characters', () => ({ Topic: 'x'.repeat(33) }), 400, 113],
  ['another encoding', () => ({ 'Content-Encoding': 'aesgcm' }), 400, 101],
  ['no Authorization', () => ({ Authorization: undefined }), 401, 109],
  ['another scheme', () => ({ Authorization: 'WebPush abc' }), 401, 109],
  ['another audience', () => ({ Authorization: vapid({ ...good(), aud: 'https://push.example' }) }), 401, 109],
  ['a token that is over', () => ({ Authorization: vapid({ ...good(), exp: NOW / 1000 }) }), 401, 109],
  ['25 hours', () => ({ Authorization: vapid({ ...good(), exp: NOW / 1000 + 25 * HOUR }) }), 401, 109],
  ['no expiry', () => ({ Authorization: vapid({ ...good(), exp: undefined }) }), 401, 109],
  ['no subject', () => ({ Authorization: vapid({ ...good(), sub: undefined }) }), 401, 109],
  ['a subject that is no address', () => ({ Authorization: vapid({ ...good(), sub: 'ops' }) }), 401, 109],
  ['another algorithm', () => ({ Authorization: vapid(good(), { alg: 'none' }) }), 401, 109],
  ['somebody else’s signature', () => ({ Authorization: vapid(good(), { isForeign: true }) }), 401, 109],
])('refuses %s', async (_what, changes, status, errno) => {
  expect(await post(details(changes()))).toEqual({ status, errno });
  expect(fake.pushes).toEqual([]);
});

it('refuses a subscription that was made with another key', async () => {
  const other = fake.subscribe(webPush.generateVAPIDKeys().publicKey);
  expect(await post(details({}, other), other.endpoint)).toEqual({ status: 403, errno: 109 });
});

it('refuses a body of 4097 bytes', async () => {
  expect(await post(details({}, subscription, 'x'.repeat(3994)))).toEqual({ status: 413, errno: 104 });
  expect(await post(details({}, subscription, 'x'.repeat(3993)))).toMatchObject({ status: 201 });
});

it('knows who was never there, and who has gone', async () => {
  expect(await post(details(), `${fake.url}/push/nobody`)).toEqual({ status: 404, errno: 102 });
  fake.unsubscribe(subscription);
  expect(await post(details())).toEqual({ status: 410, errno: 106 });
});

it('keeps for one who is away the newest of each topic, and all without one', async () => {
  for (const [topic, payload] of [
    ['a', '1'],
    [undefined, '2'],
    ['a', '3'],
    ['b', '4'],
    [undefined, '5'],
  ] as const) {
    await post(details({ Topic: topic }, subscription, payload));
  }
  expect(fake.pending(subscription).map(({ plaintext }) => String(plaintext))).toEqual(['2', '3', '4', '5']);
});

it('misbehaves on command', async () => {
  fake.misbehave({ kind: 'answer', status: 429, retryAfter: 3 }, 2);
  const answers = [await post(details()), await post(details()), await post(details())];
  expect(answers.map(({ status }) => status)).toEqual([429, 429, 201]);
});
