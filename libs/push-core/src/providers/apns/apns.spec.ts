import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { isPushError } from '../../errors.js';
import { FakeApns, type FakeApnsOptions } from '../../testing/fakes/apns.js';
import { addressed, providerTools, retraction, shiftedClock, to } from '../http/tools.fixture.js';
import type { Provider, ProviderTools } from '../provider.js';
import { apns } from './index.js';

const MINUTE = 60_000;
const token = (name: string, parts = {}) => ({ provider: 'apns', token: name.repeat(64).slice(0, 64), ...parts });
const A = token('a1');
const B = token('b2');

const closing: (() => Promise<void>)[] = [];
let clock = shiftedClock();
beforeEach(() => void (clock = shiftedClock()));
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fake(options: FakeApnsOptions = {}): Promise<FakeApns> {
  const server = await new FakeApns({ now: () => clock.now(), ...options }).listen();
  closing.push(() => server.close());
  return server;
}

function provider(
  server: FakeApns,
  { credentials = {}, ...options }: { credentials?: object } & Parameters<typeof providerTools>[0] = {},
): { readonly apns: Provider; readonly tools: ProviderTools } {
  const tools = providerTools({ clock, http: { ca: server.ca || undefined }, ...options });
  return { ...another(server, tools, credentials), tools };
}

/** On another node, or with other credentials. */
function another(server: FakeApns, tools: ProviderTools, credentials = {}) {
  const made = apns.create(apns.parse({ ...server.credentials, ...credentials }), tools);
  closing.push(() => made.close());
  return { apns: made };
}

describe('a notification', () => {
  it.each([false, true])('is shown, with what Apple demands (TLS: %s)', async (tls) => {
    const server = await fake({ tls });
    const request = to(A);
    expect(await provider(server).apns.send([request])).toEqual([
      { kind: 'accepted', providerId: request.notification.id },
    ]);
    expect(server.notifications).toEqual([
      expect.objectContaining({
        token: A.token,
        id: request.notification.id,
        topic: 'com.example.app',
        pushType: 'alert',
        priority: 10,
        collapseId: 'room-7',
        expiration: Math.floor(request.notification.expiresAt / 1000),
      }),
    ]);
  });

  it('that shows nothing goes in the background, with the priority that Apple allows', async () => {
    const server = await fake();
    await provider(server).apns.send([to(A, { title: undefined, body: undefined })]);
    expect(server.notifications[0]).toMatchObject({ pushType: 'background', priority: 5 });
  });

  it('goes out alone until Apple has taken the credential, and then with all the others at once', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    const results = await made.send(Array.from({ length: 300 }, () => to(A)));
    expect(results.every((result) => result.kind === 'accepted')).toBe(true);
    expect(server.notifications.length).toBe(300);
    expect(server.server.connectionCount).toBe(1);
    expect(
      server.requests.map((request) => request.headers.authorization).every((one, _, [first]) => one === first),
    ).toBe(true);
  });

  it('has its own result, whatever becomes of the others', async () => {
    const server = await fake();
    server.unregister(B.token);
    const results = await provider(server).apns.send([to(A), to(B), to(A)]);
    expect(results.map((result) => result.kind)).toEqual(['accepted', 'token_invalid', 'accepted']);
  });

  it('is sent for the topic that the token names', async () => {
    const server = await fake();
    server.register(A.token, { topic: 'com.example.other' });
    expect(await provider(server).apns.send([to({ ...A, topic: 'com.example.other' })])).toMatchObject([
      { kind: 'accepted' },
    ]);
  });

  it('too large for Apple is sent once more, shorter', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    server.misbehave({ kind: 'answer', status: 413, body: { reason: 'PayloadTooLarge' } });
    expect(await made.send([to(A, { body: 'x'.repeat(9000) })])).toMatchObject([{ kind: 'accepted' }]);
    expect(server.requests.map((request) => request.body.length)).toEqual([4096, 3584]);
    server.misbehave({ kind: 'answer', status: 413, body: { reason: 'PayloadTooLarge' } }, 2);
    expect(await made.send([to(A, { body: 'x'.repeat(9000) })])).toEqual([
      { kind: 'payload_error', reason: 'PayloadTooLarge' },
    ]);
  });
});

describe('a token', () => {
  it('of the other environment is tried there, once, and remembered', async () => {
    const server = await fake();
    const sandbox = await fake({ environment: 'sandbox', account: server.account });
    server.register(A.token, { environment: 'sandbox' });
    const { apns: made } = provider(server, { credentials: { otherEndpoint: sandbox.url } });
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
    expect([server.requests.length, sandbox.requests.length]).toEqual([1, 2]);
  });

  it('that neither environment knows is suspect, not dead', async () => {
    const server = await fake({ knows: 'registered' });
    const sandbox = await fake({ environment: 'sandbox', account: server.account, knows: 'registered' });
    const { apns: made } = provider(server, { credentials: { otherEndpoint: sandbox.url } });
    expect(await made.send([to(A)])).toEqual([{ kind: 'token_suspect', reason: 'BadDeviceToken' }]);
    expect([server.requests.length, sandbox.requests.length]).toEqual([1, 1]);
  });

  it('is not judged by the other environment where that refuses us', async () => {
    const server = await fake({ knows: 'registered' });
    const sandbox = await fake({ environment: 'sandbox', account: server.account });
    sandbox.revokeKey();
    const { apns: made } = provider(server, { credentials: { otherEndpoint: sandbox.url } });
    expect(await made.send([to(A)])).toEqual([{ kind: 'token_suspect', reason: 'BadDeviceToken' }]);
  });

  it('says for which environment it is', async () => {
    const server = await fake();
    const sandbox = await fake({ environment: 'sandbox', account: server.account });
    const { apns: made } = provider(server, { credentials: { otherEndpoint: sandbox.url } });
    await made.send([to({ ...A, environment: 'sandbox' })]);
    expect([server.requests.length, sandbox.requests.length]).toEqual([0, 1]);
  });

  it('whose app is gone is dead since the time that Apple names', async () => {
    const server = await fake();
    server.unregister(A.token, 1_700_000_000_000);
    expect(await provider(server).apns.send([to(A)])).toEqual([
      { kind: 'token_invalid', reason: 'Unregistered', before: 1_700_000_000_000 },
    ]);
  });

  it.each([
    [{ token: 'xyz' }, 'token'],
    [{ token: '' }, 'token'],
    [{ token: `${A.token}/../x` }, 'token'],
    [{ token: { a: 1 } }, 'token'],
    [{ token: A.token, environment: 'test' }, 'environment'],
    [{ token: A.token, topic: 'a b' }, 'topic'],
  ])('%j is refused at registration', (parts, field) => {
    expect(refusal(() => apns.checkToken({ provider: 'apns', ...parts }))).toEqual(['INVALID', field]);
  });
});

describe('the JWT', () => {
  const bearer = (server: FakeApns): unknown[] => [
    ...new Set(server.requests.map((request) => request.headers.authorization)),
  ];

  it('lasts, is renewed after 45 minutes, and is one for all nodes', async () => {
    const server = await fake();
    const { apns: one, tools } = provider(server);
    const { apns: two } = another(server, tools);
    for (let minutes = 0; minutes < 240; minutes += 10) {
      expect(await one.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
      expect(await two.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
      clock.shiftMs += 10 * MINUTE;
    }
    expect(bearer(server).length).toBe(5);
  });

  it('that Apple finds too old is made anew, once, and the notification is sent', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    await made.send([to(A)]);
    clock.shiftMs += 30 * MINUTE;
    server.misbehave({ kind: 'expired_key' });
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
    expect(bearer(server).length).toBe(2);
    clock.shiftMs += 30 * MINUTE;
    server.misbehave({ kind: 'expired_key' }, 2);
    expect(await made.send([to(A)])).toEqual([{ kind: 'config_error', reason: 'ExpiredProviderToken' }]);
  });

  it('is never made anew within 20 minutes, whatever Apple says of it', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    await made.send([to(A)]);
    clock.shiftMs += 5 * MINUTE;
    server.misbehave({ kind: 'expired_key' });
    const [result] = await made.send([to(A)]);
    expect(result).toMatchObject({ kind: 'throttled', scope: 'provider', reason: 'ExpiredProviderToken' });
    expect(result?.kind === 'throttled' && Math.round((result.retryAfterMs ?? 0) / MINUTE)).toBe(15);
    expect(bearer(server).length).toBe(1);
  });

  it('is kept where Apple complains of too many', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    server.misbehave({ kind: 'answer', status: 429, body: { reason: 'TooManyProviderTokenUpdates' } });
    expect(await made.send([to(A), to(B)])).toMatchObject([
      { kind: 'throttled', scope: 'provider' },
      { kind: 'throttled', scope: 'provider' },
    ]);
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
    expect([server.requests.length, bearer(server).length]).toEqual([2, 1]);
  });

  it('that is refused stops the whole batch after one request', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    server.revokeKey();
    const results = await made.send([to(A), to(B), to(A)]);
    expect(results).toEqual(Array(3).fill({ kind: 'config_error', reason: 'InvalidProviderToken' }));
    expect(server.requests.length).toBe(1);
  });

  it('of too many nodes without a store in common is what the fake would notice', async () => {
    const server = await fake();
    await provider(server).apns.send([to(A)]);
    clock.shiftMs += 2000;
    expect(await provider(server).apns.send([to(A)])).toMatchObject([{ reason: 'TooManyProviderTokenUpdates' }]);
  });
});

describe('a server that fails', () => {
  it.each([
    [
      { kind: 'answer', status: 503, body: { reason: 'ServiceUnavailable' }, retryAfter: 20 },
      { kind: 'transient', retryAfterMs: 20_000 },
    ],
    [
      { kind: 'answer', status: 500, body: { reason: 'InternalServerError' } },
      { kind: 'transient', retryAfterMs: 900_000 },
    ],
    [{ kind: 'answer', status: 503, body: { reason: 'Shutdown' } }, { kind: 'transient' }],
    [
      { kind: 'answer', status: 429, body: { reason: 'TooManyRequests' } },
      { kind: 'throttled', scope: 'device' },
    ],
    [{ kind: 'stall' }, { kind: 'unknown_after_write', reason: 'deadline' }],
    [{ kind: 'stall_after_work' }, { kind: 'unknown_after_write', reason: 'deadline' }],
    [{ kind: 'reset' }, { kind: 'unknown_after_write' }],
    [{ kind: 'reset_stream' }, { kind: 'unknown_after_write' }],
    [{ kind: 'goaway', request: 'silent' }, { kind: 'unknown_after_write' }],
    [{ kind: 'slow_drip', status: 200, everyMs: 20 }, { kind: 'accepted' }],
    [
      { kind: 'slow_drip', status: 410, everyMs: 20 },
      { kind: 'token_suspect', reason: 'http_410' },
    ],
    [{ kind: 'huge_body', status: 503, bytes: 1_000_000 }, { kind: 'transient' }],
    [
      { kind: 'redirect', location: 'http://127.0.0.1:1/' },
      { kind: 'config_error', reason: 'http_307' },
    ],
    [{ kind: 'refuse_stream' }, { kind: 'accepted' }],
    [{ kind: 'goaway', request: 'unprocessed', reason: 'Shutdown' }, { kind: 'accepted' }],
    [{ kind: 'goaway', request: 'processed' }, { kind: 'accepted' }],
  ] as const)('%j', async (what, result) => {
    const server = await fake();
    const { apns: made } = provider(server, { deadlineMs: 300 });
    await made.send([to(A)]);
    server.misbehave(what);
    expect(await made.send([to(A)])).toMatchObject([result]);
    expect(server.notifications.length).toBeLessThanOrEqual(2);
    expect(await made.send([to(A)])).toMatchObject([{ kind: 'accepted' }]);
  });

  it('and cannot be reached at all has shown nothing', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    await server.close();
    expect(await made.send([to(A), to(B)])).toEqual(Array(2).fill({ kind: 'transient', reason: 'unreachable' }));
  });
});

it('takes a notification back with a push in the background', async () => {
  const server = await fake();
  const { apns: made } = provider(server);
  const request = { address: addressed(A), retraction: retraction({ collapseKey: 'room-7', badge: 1 }) };
  expect(await made.retract([request])).toMatchObject([{ kind: 'accepted' }]);
  expect(server.notifications[0]).toMatchObject({
    pushType: 'background',
    priority: 5,
    collapseId: undefined,
    payload: { aps: { 'content-available': 1, badge: 1 }, push: { retract: request.retraction.notificationId } },
  });
});

describe('a check of credentials', () => {
  it('shows nothing to anybody', async () => {
    const server = await fake();
    expect(await provider(server).apns.check()).toEqual({ kind: 'ok' });
    expect(server.notifications).toEqual([]);
  });

  it('names what is wrong with them', async () => {
    const server = await fake();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await provider(server, { credentials: { key } }).apns.check()).toEqual({
      kind: 'config_error',
      reason: 'InvalidProviderToken',
    });
  });

  it('does not know where nobody answers', async () => {
    const server = await fake();
    const { apns: made } = provider(server);
    await server.close();
    expect(await made.check()).toMatchObject({ kind: 'unknown' });
  });
});

describe('credentials', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const whole = {
    teamId: 'TEAM567890',
    keyId: 'KEY4567890',
    topic: 'com.example.app',
    key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };

  it('are for production where they do not say otherwise', () => {
    expect(apns.parse(whole)).toMatchObject({ environment: 'production' });
  });

  it.each([
    [{ teamId: undefined }, 'INVALID', 'teamId'],
    [{ keyId: 'short' }, 'INVALID', 'keyId'],
    [{ key: 'SECRET-CANARY' }, 'INVALID', 'key'],
    [{ key: rsa }, 'INVALID', 'key'],
    [{ topic: 'a/b' }, 'INVALID', 'topic'],
    [{ environment: 'test' }, 'INVALID', 'environment'],
    [{ endpoint: 'https://user@host' }, 'INVALID', 'endpoint'],
    [{ endpoint: 'ftp://host' }, 'INVALID', 'endpoint'],
    [{ otherEndpoint: 'https://host' }, 'INVALID', 'otherEndpoint'],
    [{ extra: 1 }, 'UNKNOWN_FIELD', 'extra'],
  ])('%j are refused by name, and never repeated', (parts, code, field) => {
    const thrown = caught(() => apns.parse({ ...whole, ...parts }));
    expect(isPushError(thrown) && [thrown.code, thrown.field]).toEqual([code, field]);
    expect(String(thrown)).not.toContain('CANARY');
  });
});

it('waits for what is under way before it closes', async () => {
  const server = await fake();
  const { apns: made } = provider(server);
  server.misbehave({ kind: 'late', ms: 80 });
  const sending = made.send([to(A)]);
  await made.close();
  expect(await sending).toMatchObject([{ kind: 'accepted' }]);
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('was taken');
}

function refusal(run: () => unknown): unknown {
  const thrown = caught(run);
  return isPushError(thrown) && [thrown.code, thrown.field];
}
