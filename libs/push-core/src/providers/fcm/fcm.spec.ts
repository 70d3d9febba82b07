import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { isPushError } from '../../errors.js';
import { FakeFcm, type FakeFcmOptions } from '../../testing/fakes/fcm.js';
import { addressed, providerTools, retraction, shiftedClock, to } from '../http/tools.fixture.js';
import type { Provider } from '../provider.js';
import { fcm } from './index.js';

const MINUTE = 60_000;
const token = (name: string) => ({ provider: 'fcm', token: `${name}:APA91b-${name}` });
const A = token('a'.repeat(20));
const B = token('b'.repeat(20));

const closing: (() => Promise<void>)[] = [];
let clock = shiftedClock();
beforeEach(() => void (clock = shiftedClock()));
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fake(options: FakeFcmOptions = {}): Promise<FakeFcm> {
  const server = await new FakeFcm({ now: () => clock.now(), ...options }).listen();
  closing.push(() => server.close());
  return server;
}

function provider(server: FakeFcm, credentials = {}, deadlineMs = 3000): Provider {
  const tools = providerTools({ clock, deadlineMs, http: { ca: server.server.ca || undefined } });
  const made = fcm.create(fcm.parse({ ...server.credentials, ...credentials }), tools);
  closing.push(() => made.close());
  return made;
}

describe('a notification', () => {
  it.each([false, true])('is shown, with what Android needs (TLS: %s)', async (tls) => {
    const server = await fake({ tls });
    const request = to(A, { image: 'https://example.org/a.png' });
    expect(await provider(server).send([request])).toEqual([
      { kind: 'accepted', providerId: 'projects/example-app/messages/0:1' },
    ]);
    expect(server.notifications[0]?.message).toEqual({
      token: A.token,
      notification: { title: 'Ann', body: 'Hi!', image: 'https://example.org/a.png' },
      data: { push: JSON.stringify(request.notification.data) },
      android: {
        priority: 'HIGH',
        ttl: '3600s',
        collapse_key: 'room-7',
        notification: { tag: 'room-7', sound: 'default', notification_count: 3 },
      },
    });
  });

  it('for an iPhone behind Firebase says what Apple needs', async () => {
    const server = await fake();
    const { address, notification } = to(A, { category: 'im' });
    await provider(server).send([{ address: { ...address, platform: 'ios' }, notification }]);
    expect(server.notifications[0]?.message).toMatchObject({
      apns: {
        headers: { 'apns-priority': '10', 'apns-push-type': 'alert', 'apns-collapse-id': 'room-7' },
        payload: { aps: { badge: 3, sound: 'default', category: 'im', 'thread-id': 'room-7' } },
      },
    });
    expect(server.notifications[0]?.message.android).toBeUndefined();
  });

  it('that shows nothing is data alone, and every value of it a string', async () => {
    const server = await fake();
    await provider(server).send([to(A, { title: undefined, body: undefined, priority: 'normal' })]);
    const { message } = server.notifications[0] as (typeof server.notifications)[number];
    expect(message.notification).toBeUndefined();
    expect(message.android).toMatchObject({ priority: 'NORMAL' });
    expect(Object.values(message.data ?? {}).every((value) => typeof value === 'string')).toBe(true);
  });

  it('never lets what a user wrote reach a reserved key', async () => {
    const server = await fake();
    const data = { from: 'x', 'google.a': 'y', message_type: 'z', notification: '{}' };
    expect(await provider(server).send([to(A, { data })])).toMatchObject([{ kind: 'accepted' }]);
    const { message } = server.notifications[0] as (typeof server.notifications)[number];
    expect(Object.keys(message.data ?? {})).toEqual(['push']);
  });

  it.each(['x'.repeat(20_000), '汉'.repeat(5000), '"\n'.repeat(5000)])('too large is cut, and sent', async (body) => {
    const server = await fake();
    expect(await provider(server).send([to(A, { body })])).toMatchObject([{ kind: 'accepted' }]);
  });

  it('has its own result, whatever becomes of the others', async () => {
    const server = await fake();
    server.unregister(B.token);
    expect(await provider(server).send([to(A), to(B), to(A)])).toMatchObject([
      { kind: 'accepted' },
      { kind: 'token_invalid', reason: 'UNREGISTERED' },
      { kind: 'accepted' },
    ]);
  });

  it('of many goes out with all the others over few connections', async () => {
    const server = await fake({ tls: true });
    const results = await provider(server).send(Array.from({ length: 300 }, () => to(A)));
    expect(results.every((result) => result.kind === 'accepted')).toBe(true);
    expect(server.server.connectionCount).toBeLessThanOrEqual(4);
  });
});

describe('the access token', () => {
  it('is asked for once, and renewed before it ends', async () => {
    const server = await fake();
    const made = provider(server);
    await Promise.all([made.send([to(A), to(B)]), made.send([to(A)])]);
    expect(server.accessTokens).toBe(1);
    clock.shiftMs += 51 * MINUTE;
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
    await until(() => server.accessTokens === 2);
    clock.shiftMs += 20 * MINUTE;
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
    expect(server.accessTokens).toBe(2);
  });

  it('that Google refuses is asked for anew, once, and the notification is sent', async () => {
    const server = await fake();
    const made = provider(server);
    await made.send([to(A)]);
    server.expireAccess();
    expect(await made.send([to(A), to(B)])).toMatchObject([{ kind: 'accepted' }, { kind: 'accepted' }]);
    expect(server.accessTokens).toBe(2);
    server.misbehave({ kind: 'expired_key' });
    server.misbehave({ kind: 'late', ms: 1 });
    server.misbehave({ kind: 'expired_key' });
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'config_error', reason: 'http_401' }]);
  });

  it('is not had where the service account is not known: nothing is sent, and no token blamed', async () => {
    const server = await fake();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const serviceAccount = {
      ...server.serviceAccount,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const made = provider(server, { serviceAccount });
    expect(await made.send([to(A)])).toEqual([{ kind: 'config_error', reason: 'auth_invalid_grant' }]);
    expect(await made.check()).toEqual({ kind: 'config_error', reason: 'auth_invalid_grant' });
  });

  it('is not had while Google fails: to be tried again', async () => {
    const server = await fake();
    const made = provider(server, {}, 200);
    server.misbehave({ kind: 'answer', status: 503, retryAfter: 5 });
    expect(await made.send([to(A)])).toMatchObject([
      { kind: 'transient', reason: 'auth_http_503', retryAfterMs: 5000 },
    ]);
    server.misbehave({ kind: 'stall' });
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'transient', reason: 'auth_unreachable' }]);
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
  });
});

describe('what is not the token’s fault leaves it alone:', () => {
  it('a token of another project', async () => {
    const server = await fake();
    server.registerElsewhere(A.token);
    expect(await provider(server).send([to(A)])).toEqual([{ kind: 'config_error', reason: 'SENDER_ID_MISMATCH' }]);
  });

  it('a wrong project', async () => {
    const server = await fake();
    const serviceAccount = { ...server.serviceAccount, project_id: 'other-app' };
    expect(await provider(server, { serviceAccount }).send([to(A)])).toEqual([
      { kind: 'config_error', reason: 'http_403' },
    ]);
  });

  it('a wrong address', async () => {
    const server = await fake();
    server.misbehave({ kind: 'answer', status: 200, body: { access_token: 'x', expires_in: 3600 } });
    server.misbehave({ kind: 'answer', status: 404, body: 'Not Found' });
    expect(await provider(server).send([to(A)])).toEqual([{ kind: 'config_error', reason: 'http_404' }]);
  });

  it.each([
    [
      { kind: 'answer', status: 503, retryAfter: 20 },
      { kind: 'transient', retryAfterMs: 20_000 },
    ],
    [
      { kind: 'answer', status: 429 },
      { kind: 'throttled', scope: 'provider', retryAfterMs: 60_000 },
    ],
    [{ kind: 'stall' }, { kind: 'unknown_after_write' }],
    [{ kind: 'reset' }, { kind: 'unknown_after_write' }],
    [{ kind: 'slow_drip', status: 404, everyMs: 20 }, { kind: 'config_error' }],
    [{ kind: 'huge_body', status: 500, bytes: 1_000_000 }, { kind: 'transient' }],
  ] as const)('%j', async (what, result) => {
    const server = await fake();
    const made = provider(server, {}, 300);
    await made.send([to(A)]);
    server.misbehave(what);
    expect(await made.send([to(A)])).toMatchObject([result]);
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
  });
});

it('takes a notification back with a data message', async () => {
  const server = await fake();
  const request = { address: addressed(A), retraction: retraction({ notificationId: 'N', badge: 0 }) };
  expect(await provider(server).retract([request])).toMatchObject([{ kind: 'accepted' }]);
  const { message } = server.notifications[0] as (typeof server.notifications)[number];
  expect(message.notification).toBeUndefined();
  expect(JSON.parse(message.data?.push ?? '')).toMatchObject({ retract: 'N', id: 'm1', badge: 0, reason: 'read' });
});

it('tries credentials without showing anything to anybody', async () => {
  const server = await fake();
  expect(await provider(server).check()).toEqual({ kind: 'ok' });
  expect(server.notifications).toEqual([]);
  const serviceAccount = { ...server.serviceAccount, project_id: 'other-app' };
  expect(await provider(server, { serviceAccount }).check()).toEqual({ kind: 'config_error', reason: 'http_403' });
});

describe('credentials', () => {
  it('keep of the service account what is used, and nothing else', async () => {
    const server = await fake();
    const parsed = fcm.parse({ serviceAccount: { ...server.serviceAccount, token_uri: 'http://169.254.169.254/' } });
    expect(JSON.stringify(parsed)).not.toContain('169.254');
  });

  it.each([
    [{}, 'serviceAccount'],
    [{ serviceAccount: { project_id: 'a', client_email: 'a@b' } }, 'serviceAccount.private_key'],
    [
      { serviceAccount: { project_id: 'a', client_email: 'a@b', private_key: 'SECRET-CANARY' } },
      'serviceAccount.private_key',
    ],
    [{ serviceAccount: { project_id: '../x', client_email: 'a@b', private_key: 'x' } }, 'serviceAccount.project_id'],
  ])('%j are refused by name, and never repeated', (given, field) => {
    const thrown = caught(() => fcm.parse(given));
    expect(isPushError(thrown) && [thrown.code, thrown.field]).toEqual(['INVALID', field]);
    expect(String(thrown)).not.toContain('CANARY');
  });

  it.each([{ token: '' }, { token: 'a b' }, { token: { a: 1 } }])('a token like %j is refused', (parts) => {
    const thrown = caught(() => fcm.checkToken({ provider: 'fcm', ...parts }));
    expect(isPushError(thrown) && thrown.field).toBe('token');
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('was taken');
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
