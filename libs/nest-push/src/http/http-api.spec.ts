import { PushError } from 'push-core';
import { runApp, type RunningApp } from '../testing/http-app.js';

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
    running.push.status_ = { connections: 0, intakeQueue: 0, ...status };
    expect(await ready()).toEqual([503, '1']);
    expect((await running.call('GET', '/healthz', { key: '' })).status).toBe(200);
  }
});
