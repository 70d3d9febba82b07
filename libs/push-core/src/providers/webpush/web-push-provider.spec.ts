import { createECDH } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import * as ece from 'http_ece';
import { systemClock } from '../../clock/system-clock.js';
import { createIds } from '../../ids/ids.js';
import type { Composed, Retraction } from '../../offline/composed.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { FakeWebPush, type FakeSubscription } from '../../testing/fakes/webpush.js';
import { createHttpPool } from '../http/create-pool.js';
import { createEgressGuard } from '../http/egress-guard.js';
import type { HttpPool, HttpRequest, HttpResult } from '../http/pool.js';
import type { Address, Provider, ProviderTools } from '../provider.js';
import { webpush } from './index.js';
import { topicOf } from './payload.js';

const keys = createECDH('prime256v1');
const publicKey = keys.generateKeys('base64url');
const privateKey = Buffer.from(keys.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
const credentials = { subject: 'mailto:ops@example.org', publicKey, privateKey };

let fake: FakeWebPush;
let http: HttpPool;
let provider: Provider;

const tools = (changes: Partial<ProviderTools> = {}): ProviderTools => ({
  tenant: 't',
  http,
  shelf: { get: () => Promise.reject(new Error('not used')), refuse: () => Promise.resolve() },
  clock: systemClock,
  random: () => 0.5,
  ids: createIds(),
  deadlineMs: 3000,
  ...changes,
});

beforeEach(async () => {
  fake = await FakeWebPush.listen({
    open: (body, ecdh, auth) =>
      ece.decrypt(body, { version: 'aes128gcm', privateKey: ecdh, authSecret: auth.toString('base64url') }),
  });
  const guard = createEgressGuard({ allow: [new URL(fake.url).host] });
  http = createHttpPool({ clock: systemClock, random: () => 0.5, guard });
  provider = webpush.create(webpush.parse(credentials), tools());
});

afterEach(async () => {
  await provider.close();
  await http.close();
  await fake.close();
});

function to(subscription: FakeSubscription): Address {
  const token = { provider: 'webpush', token: { ...subscription } };
  return { tenant: 't', user: 'u', device: 'd', platform: 'web', token, registeredAt: 0 };
}

const composed = (changes: Partial<Composed> = {}): Composed => ({
  id: '0b8d1c1e-1111-4222-8333-444455556666',
  messageId: 'm1',
  title: 'Ann',
  body: 'Hi!',
  messageClass: 'im',
  priority: 'high',
  expiresAt: systemClock.now() + 60_000,
  data: { id: 'm1', stream: '@me', seq: '42', type: 'chat.message' },
  mutable: false,
  ...changes,
});

const retraction: Retraction = {
  id: 'r1',
  notificationId: 'n1',
  messageId: 'm1',
  collapseKey: 'room-7',
  badge: 0,
  reason: 'read',
};

const sendOne = async (subscription: FakeSubscription, changes?: Partial<Composed>) =>
  (await provider.send([{ address: to(subscription), notification: composed(changes) }]))[0];

it('sends what the subscriber reads with an implementation that is not ours', async () => {
  expect(await sendOne(fake.subscribe(publicKey), { collapseKey: 'room-7', badge: 3 })).toEqual({ kind: 'accepted' });
  expect(fake.pushes).toEqual([
    expect.objectContaining({
      urgency: 'high',
      ttl: 60,
      topic: topicOf('room-7'),
      payload: expect.objectContaining({ do: 'show', title: 'Ann', body: 'Hi!', tag: 'room-7', badge: 3 }),
    }),
  ]);
});

it('lets the newest of a collapse key take the place of those still pending', async () => {
  const subscription = fake.subscribe(publicKey);
  for (const body of ['1', '2', '3']) await sendOne(subscription, { collapseKey: 'room-7', body });
  expect(fake.pending(subscription).map(({ payload }) => (payload as Composed).body)).toEqual(['3']);
});

it('sends a long text in 4096 bytes', async () => {
  expect(await sendOne(fake.subscribe(publicKey), { body: '👩‍👩‍👧‍👦'.repeat(1000) })).toMatchObject({ kind: 'accepted' });
  expect(fake.requests[0]?.body.length).toBeLessThanOrEqual(4096);
  expect((fake.pushes[0]?.payload as Composed).body).toMatch(/^(👩‍👩‍👧‍👦)+…$/u);
});

it('answers each request in its place', async () => {
  const [good, gone, other] = [fake.subscribe(publicKey), fake.subscribe(publicKey), fake.subscribe('another key')];
  fake.unsubscribe(gone);
  const unknown = { ...good, endpoint: `${fake.url}/push/nobody` };
  const broken = { ...good, keys: { ...good.keys, auth: 'x' } };
  const beside = { ...good, keys: { ...good.keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } };
  const results = await provider.send(
    [good, gone, unknown, other, broken, beside, good].map((one) => ({ address: to(one), notification: composed() })),
  );
  expect(results.map(({ kind }) => kind)).toEqual([
    'accepted',
    'token_invalid',
    'token_invalid',
    'token_suspect',
    'token_suspect',
    'token_suspect',
    'accepted',
  ]);
});

it.each([
  [
    { kind: 'answer', status: 429, retryAfter: 7 },
    { kind: 'throttled', retryAfterMs: 7000, scope: 'device' },
  ],
  [{ kind: 'answer', status: 413 }, { kind: 'payload_error' }],
  [{ kind: 'answer', status: 503 }, { kind: 'transient' }],
  [
    { kind: 'redirect', location: 'http://127.0.0.1:1/' },
    { kind: 'token_suspect', reason: 'http_307' },
  ],
  [{ kind: 'expired_key' }, { kind: 'token_suspect', reason: 'http_401_errno_109' }],
  [{ kind: 'reset' }, { kind: 'unknown_after_write' }],
] as const)('reads what a misbehaving service does: %j', async (misbehaviour, result) => {
  fake.misbehave(misbehaviour);
  expect(await sendOne(fake.subscribe(publicKey))).toMatchObject(result);
});

it('answers by its deadline where the service never does', async () => {
  provider = webpush.create(webpush.parse(credentials), tools({ deadlineMs: 200 }));
  fake.misbehave({ kind: 'stall' });
  expect(await sendOne(fake.subscribe(publicKey))).toMatchObject({ kind: 'unknown_after_write' });
});

it('connects to no address that the guard does not admit', async () => {
  const inside = { ...fake.subscribe(publicKey), endpoint: 'https://169.254.169.254/push/x' };
  expect(await sendOne(inside)).toEqual({ kind: 'token_suspect', reason: 'endpoint_not_public' });
});

it('takes a notification back with a push that names it, and with no topic, which would displace a newer one', async () => {
  const subscription = fake.subscribe(publicKey);
  const answer = await provider.retract([{ address: to(subscription), retraction }]);
  expect(answer).toEqual([{ kind: 'accepted' }]);
  expect(fake.pushes[0]?.payload).toEqual({ v: 1, do: 'close', id: 'n1', tag: 'room-7', badge: 0 });
  expect(fake.pushes[0]).not.toHaveProperty('topic');
});

/** Keeps what would go out. */
function catcher() {
  const requests: HttpRequest[] = [];
  const caught: HttpPool = {
    request(request): Promise<HttpResult> {
      requests.push(request);
      return Promise.resolve({ kind: 'answered', status: 201, headers: {}, body: '', truncated: false });
    },
    forget: () => {},
    close: () => Promise.resolve(),
  };
  return { requests, http: caught };
}

it('sends nothing to Apple that shows nothing', async () => {
  const caught = catcher();
  const own = webpush.create(webpush.parse(credentials), tools({ http: caught.http }));
  const address = to({ ...fake.subscribe(), endpoint: 'https://web.push.apple.com/QABC' });
  expect(await own.retract([{ address, retraction }])).toEqual([undefined]);
  const data = composed({ title: undefined, body: undefined });
  expect(await own.send([{ address, notification: data }])).toMatchObject([{ kind: 'payload_error' }]);
  expect(caught.requests).toEqual([]);
  expect(await own.send([{ address, notification: composed() }])).toEqual([{ kind: 'accepted' }]);
});

it('gives the event loop its turn while it encrypts many', async () => {
  const caught = catcher();
  const clock = new ManualClock();
  const own = webpush.create(webpush.parse(credentials), tools({ http: caught.http, clock }));
  const request = { address: to(fake.subscribe()), notification: composed() };
  const sent = own.send(Array.from({ length: 20 }, () => request));
  expect(caught.requests).toHaveLength(8);
  await clock.settle();
  expect(await sent).toHaveLength(20);
});

it('signs once for many, and asks the guard about every endpoint', async () => {
  const caught = catcher();
  const own = webpush.create(webpush.parse(credentials), tools({ http: caught.http }));
  const request = { address: to(fake.subscribe()), notification: composed() };
  await own.send([request, request, request]);
  expect(new Set(caught.requests.map(({ headers }) => headers.authorization)).size).toBe(1);
  expect(caught.requests.every(({ trust }) => trust === 'guest')).toBe(true);
});

it('waits at its close for what is under way', async () => {
  fake.misbehave({ kind: 'late', ms: 50 });
  const sent = sendOne(fake.subscribe(publicKey));
  let isAnswered = false;
  void sent.then(() => (isAnswered = true));
  await provider.close();
  expect(isAnswered).toBe(true);
});
