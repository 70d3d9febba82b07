import { PushError } from 'push-core';
import { runApp, type RunningApp } from '../fixtures/http-app.fixture.js';

let running: RunningApp;
beforeEach(async () => {
  running = await runApp({
    tokenIssuer: {
      useValue: {
        issue: async (tenant: string, { user }: { user: string }) => ({ token: `${tenant}/${user}`, expiresAt: 5 }),
      },
    },
  });
});
afterEach(() => running.app.close());

const publish = { to: { users: ['u1'] }, type: 'x', data: { a: [1, { b: null }] } };

it('publishes, with the idempotency key of the header', async () => {
  const answer = await running.call('POST', '/v1/messages', { body: publish, headers: { 'Idempotency-Key': 'k1' } });
  expect([answer.status, answer.body]).toEqual([202, { id: 'm1', acceptedAt: 1, duplicate: false }]);
  expect(running.push.calls).toEqual(['publish t1 k1']);
  expect(answer.headers.get('x-powered-by')).toBeNull();
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it('answers a batch item by item, in order', async () => {
  const { status, body } = await running.call('POST', '/v1/messages/batch', {
    body: { messages: [publish, { to: {} }, publish] },
  });
  expect(status).toBe(202);
  expect(body.results).toHaveLength(3);
  expect(body.results[0]).toMatchObject({ duplicate: false });
  expect(body.results[1]).toMatchObject({
    code: 'INVALID',
    field: 'type',
    status: 400,
    type: 'urn:nest-push:error:INVALID',
  });
  expect(body.results[2]).toMatchObject({ duplicate: false });
});

it('shows a message with its data as it was', async () => {
  await running.call('POST', '/v1/messages', { body: publish });
  const { status, body } = await running.call('GET', '/v1/messages/m1', { key: 'read' });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: 'm1',
    type: 'x',
    data: publish.data,
    to: publish.to,
    options: {},
    acceptedAt: 1,
    expiresAt: 2,
    state: 'stored',
    counts: { recipients: 1, delivered: 0, notified: 0, read: 0, failed: 0, expired: 0 },
  });
  expect((await running.call('GET', '/v1/messages/m1', { key: 'admin', headers: { 'X-Tenant': 't2' } })).status).toBe(
    404,
  );
});

it('recalls a message, again with the same answer, and shows it as recalled', async () => {
  await running.call('POST', '/v1/messages', { body: publish });
  for (let i = 0; i < 2; i++) {
    const { status, body } = await running.call('DELETE', '/v1/messages/m1');
    expect([status, body]).toEqual([200, { id: 'm1', state: 'recalled' }]);
  }
  const { body } = await running.call('GET', '/v1/messages/m1');
  expect(body).toMatchObject({ id: 'm1', state: 'recalled', recalledAt: 3 });
  expect(body).not.toHaveProperty('data');
});

it('cancels a message that is not due yet', async () => {
  await running.call('POST', '/v1/messages', { body: { ...publish, options: { sendAt: 99 } } });
  expect((await running.call('DELETE', '/v1/messages/m1')).body).toEqual({ id: 'm1', state: 'cancelled' });
});

it('recalls only what is there, in the tenant of the key, for a key that may publish', async () => {
  await running.call('POST', '/v1/messages', { body: publish });
  const answers = await Promise.all([
    running.call('DELETE', '/v1/messages/m2'),
    running.call('DELETE', '/v1/messages/m1', { key: 'admin', headers: { 'X-Tenant': 't2' } }),
    running.call('DELETE', '/v1/messages/m1', { key: 'read' }),
  ]);
  expect(answers.map(({ body }) => body.code)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_ALLOWED']);
  expect(running.push.messages.get('t1 m1')).not.toHaveProperty('recalledAt');
});

it('answers a volatile publish like any other', async () => {
  const signal = { to: { users: ['u1'] }, type: 'typing', options: { volatile: true } };
  const answer = await running.call('POST', '/v1/messages', { body: signal });
  expect([answer.status, answer.body.duplicate]).toEqual([202, false]);
  expect(running.push.calls).toEqual(['signal t1 typing']);
});

it('tells who is connected, of one user or of many in their order', async () => {
  const ann = {
    user: 'ann',
    online: true,
    lastSeenAt: 7,
    devices: [{ device: 'd1', online: true, transport: 'sse', node: 'n1', lastSeenAt: 7 }],
  };
  const never = (user: string) => ({ user, online: false, devices: [] });
  running.push.online.set('t1 ann', ann);
  const one = await running.call('GET', '/v1/users/ann/presence', { key: 'read' });
  expect([one.status, one.body]).toEqual([200, ann]);
  const many = await running.call('POST', '/v1/presence', { key: 'read', body: { users: ['bob', 'ann', 'cid'] } });
  expect([many.status, many.body]).toEqual([200, { users: [never('bob'), ann, never('cid')] }]);
  const other = await running.call('GET', '/v1/users/ann/presence', { key: 'admin', headers: { 'X-Tenant': 't2' } });
  expect(other.body).toEqual(never('ann'));
});

it('asks about a thousand users at most, each of them an id', async () => {
  const ask = async (users: unknown) => {
    const { status, body } = await running.call('POST', '/v1/presence', { body: { users } });
    return status === 200 ? (body.users as unknown[]).length : body.field;
  };
  expect(await ask(Array.from({ length: 1000 }, (_, i) => `u${i}`))).toBe(1000);
  expect(await ask(Array.from({ length: 1001 }, (_, i) => `u${i}`))).toBe('users');
  expect(await ask([])).toBe('users');
  expect(await ask(['a', 'b c'])).toBe('users[1]');
});

it('disconnects a user, for a key that may publish', async () => {
  expect((await running.call('POST', '/v1/users/u1/disconnect', { key: 'read' })).body.code).toBe('NOT_ALLOWED');
  const answer = await running.call('POST', '/v1/users/u1/disconnect');
  expect([answer.status, answer.text]).toEqual([204, '']);
  expect(running.push.calls).toEqual(['disconnect t1 u1']);
});

it('hands the inbox query over as numbers and ids', async () => {
  expect((await running.call('GET', '/v1/users/u%2F1/inbox?after=3&limit=10&thread=r7')).status).toBe(200);
  expect(running.push.calls).toEqual(['inbox t1 u/1 {"after":3,"limit":10,"thread":"r7"}']);
});

it('registers, lists and forgets devices', async () => {
  const put = await running.call('PUT', '/v1/users/u1/devices/d1', {
    body: { platform: 'ios', tokens: [{ provider: 'apns', token: 'ab' }] },
  });
  const device = {
    user: 'u1',
    device: 'd1',
    platform: 'ios',
    tokens: [{ provider: 'apns', token: 'ab' }],
    registeredAt: 1,
    updatedAt: 1,
  };
  expect([put.status, put.body]).toEqual([200, device]);
  expect((await running.call('GET', '/v1/users/u1/devices')).body).toEqual({ devices: [device] });
  const removed = await running.call('DELETE', '/v1/users/u1/devices/d1');
  expect([removed.status, removed.text]).toEqual([204, '']);
});

it('subscribes one or many, and pages through them', async () => {
  expect((await running.call('PUT', '/v1/topics/news/subscribers/u3')).status).toBe(204);
  const many = await running.call('POST', '/v1/topics/news/subscribers', { body: { users: ['u1', 'u2', 'u3'] } });
  expect([many.status, many.body]).toEqual([200, { added: ['u1', 'u2'] }]);
  const first = await running.call('GET', '/v1/topics/news/subscribers?limit=2');
  expect(first.body).toEqual({
    subscribers: [
      { user: 'u1', subscribedAt: 1 },
      { user: 'u2', subscribedAt: 1 },
    ],
    next: 'u2',
  });
  const last = await running.call('GET', `/v1/topics/news/subscribers?limit=2&after=${first.body.next}`);
  expect(last.body).toEqual({ subscribers: [{ user: 'u3', subscribedAt: 1 }] });
  expect((await running.call('DELETE', '/v1/topics/news/subscribers/u3')).status).toBe(204);
});

it('makes client tokens for the tenant of the key', async () => {
  const answer = await running.call('POST', '/v1/tokens', { body: { user: 'u1' } });
  expect([answer.status, answer.body]).toEqual([201, { token: 't1/u1', expiresAt: 5 }]);
});

it('lets a reader read and nothing else', async () => {
  expect((await running.call('GET', '/v1/users/u1/devices', { key: 'read' })).status).toBe(200);
  const refused = await running.call('PUT', '/v1/topics/news/subscribers/u3', { key: 'read' });
  expect([refused.status, refused.body.code]).toEqual([403, 'NOT_ALLOWED']);
});

it('answers an admin key for a tenant that is not there with 404, and a bad tenant with 400', async () => {
  expect(
    (await running.call('GET', '/v1/users/u/inbox', { key: 'admin', headers: { 'X-Tenant': 't3' } })).body,
  ).toMatchObject({ code: 'NOT_FOUND', field: 'X-Tenant' });
  expect(
    (await running.call('GET', '/v1/users/u/inbox', { key: 'admin', headers: { 'X-Tenant': 'a b' } })).body,
  ).toMatchObject({ code: 'INVALID', field: 'X-Tenant' });
});

it('says when to come back', async () => {
  running.push.failWith = new PushError('OVERLOADED', 'Too much', { retryAfterMs: 2100 });
  const answer = await running.call('POST', '/v1/messages', { body: publish });
  expect([answer.status, answer.headers.get('retry-after'), answer.body.retryable]).toEqual([503, '3', true]);
});

it.each([
  [undefined, '1'],
  [1, '1'],
  [1000, '1'],
  [1001, '2'],
  [59_999, '60'],
])('says when a caller that does too much may go on: %s ms', async (retryAfterMs, seconds) => {
  running.push.failWith = new PushError('RATE_LIMITED', 'Too many publishes', { retryAfterMs });
  const answer = await running.call('POST', '/v1/messages', { body: publish });
  expect([answer.status, answer.headers.get('retry-after'), answer.body.code, answer.body.retryable]).toEqual([
    429,
    seconds,
    'RATE_LIMITED',
    true,
  ]);
});

it('does not tell what broke', async () => {
  running.push.failWith = new Error('password=hunter2 at store.ts:1');
  const answer = await running.call('POST', '/v1/messages', { body: publish });
  expect([answer.status, answer.body.code, answer.headers.get('content-type')]).toEqual([
    500,
    'INTERNAL',
    'application/problem+json; charset=utf-8',
  ]);
  expect(answer.text).not.toMatch(/hunter2|store\.ts/);
});

it('is alive always, ready only while it takes work', async () => {
  const ready = async () => {
    const { status, headers } = await running.call('GET', '/readyz', { key: '' });
    return [status, headers.get('retry-after')];
  };
  expect(await ready()).toEqual([200, null]);
  for (const status of [
    { state: 'new' },
    { state: 'draining' },
    { state: 'closed' },
    { state: 'started', trouble: 'disk' },
  ] as const) {
    running.push.status_ = { connections: 0, intakeQueue: 0, bus: { state: 'up' }, ...status };
    expect(await ready()).toEqual([503, '1']);
    expect((await running.call('GET', '/healthz', { key: '' })).status).toBe(200);
  }
});

it('is ready, but says so, while the broker is away', async () => {
  const before = running.push.status_;
  running.push.status_ = {
    state: 'started',
    connections: 0,
    intakeQueue: 0,
    bus: { state: 'blocked', reason: 'memory' },
  };
  const { status, body } = await running.call('GET', '/readyz', { key: '' });
  expect([status, body]).toEqual([200, { status: 'degraded', degraded: ['broker blocked'] }]);
  running.push.status_ = before;
});
