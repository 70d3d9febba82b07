import type { NotificationRow } from 'push-core';
import { runApp, type RunningApp } from '../fixtures/http-app.fixture.js';

let running: RunningApp;
beforeEach(async () => {
  running = await runApp();
});
afterEach(() => running.app.close());

const admin = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  running.call(method, path, { key: 'admin', body, headers });
const deadRow = (messageId: string, tenant = 't1'): NotificationRow => ({
  tenant,
  messageId,
  user: 'u1',
  device: 'd1',
  state: 'dead',
  dueAt: 0,
  attempts: 8,
  unknown: 0,
  provider: 'apns',
  notificationId: `n-${messageId}`,
  providerId: 'p',
  reason: 'attempts',
  stream: { tenant, kind: 'user', name: 'u1' } as never,
  seq: 1,
  createdAt: 1,
  updatedAt: 2,
  covers: 1,
});

it('explains a message for the user that is asked about', async () => {
  await running.call('POST', '/v1/messages', { body: { to: { users: ['u1'] }, type: 'x' } });
  const told = await running.call('GET', '/v1/messages/m1/explain?user=u1', { key: 'read' });
  expect([told.status, told.body]).toEqual([
    200,
    { id: 'm1', user: 'u1', outcome: 'stored', steps: [{ at: 1, what: 'accepted', text: 'Accepted' }] },
  ]);
  expect((await running.call('GET', '/v1/messages/m1/explain')).body).toMatchObject({ code: 'INVALID', field: 'user' });
  expect((await running.call('GET', '/v1/messages/m2/explain?user=u1')).body.code).toBe('NOT_FOUND');
  const other = await admin('GET', '/v1/messages/m1/explain?user=u1', undefined, { 'X-Tenant': 't2' });
  expect(other.body.code).toBe('NOT_FOUND');
});

it('keeps preferences of a user, of its tenant alone', async () => {
  const path = '/v1/users/u1/preferences';
  expect((await running.call('GET', path)).body).toEqual({});
  const put = await running.call('PUT', path, { body: { mutedThreads: { r7: 0 } } });
  expect([put.status, put.body]).toEqual([200, { mutedThreads: { r7: 0 } }]);
  expect((await running.call('GET', path, { key: 'read' })).body).toEqual({ mutedThreads: { r7: 0 } });
  expect((await admin('GET', path, undefined, { 'X-Tenant': 't2' })).body).toEqual({});
  expect((await running.call('PUT', path, { key: 'read', body: {} })).body.code).toBe('NOT_ALLOWED');
});

describe('credentials', () => {
  const path = '/v1/tenants/t1/providers/apns';
  const state = { provider: 'apns', fingerprint: 'f1', updatedAt: 1, breaker: 'closed' };

  it('are set, tried and removed, and never shown', async () => {
    expect((await admin('GET', path)).body).toMatchObject({ code: 'NOT_FOUND', field: 'provider' });
    expect((await admin('POST', `${path}/check`)).body.code).toBe('NOT_FOUND');
    const put = await admin('PUT', path, { key: 'canary' });
    expect([put.status, put.body]).toEqual([200, state]);
    const [one, all, check] = [
      await admin('GET', path),
      await admin('GET', '/v1/tenants/t1/providers'),
      await admin('POST', `${path}/check`),
    ];
    expect([one.body, all.body, check.body]).toEqual([state, { providers: [state] }, { kind: 'ok' }]);
    for (const answer of [put, one, all, check]) expect(answer.text).not.toContain('canary');
    for (let i = 0; i < 2; i++) expect((await admin('DELETE', path)).status).toBe(204);
    expect((await admin('GET', '/v1/tenants/t1/providers')).body).toEqual({ providers: [] });
  });

  it('that are refused say so without an error of ours', async () => {
    await admin('PUT', path, { key: 'k' });
    running.push.notifications.checked = { kind: 'config_error', reason: 'InvalidProviderToken' };
    const check = await admin('POST', `${path}/check`);
    expect([check.status, check.body]).toEqual([200, { kind: 'config_error', reason: 'InvalidProviderToken' }]);
  });

  it('are for admin keys alone', async () => {
    for (const key of ['pub', 'read']) {
      const answer = await running.call('PUT', path, { key, body: { key: 'k' } });
      expect([answer.status, answer.body.code]).toEqual([403, 'NOT_ALLOWED']);
    }
    expect(running.push.notifications.credentials.size).toBe(0);
  });

  it('belong to the tenant of the path, which is the caller’s or nobody’s', async () => {
    // An admin key names the tenant by the path as well as by the header.
    expect((await admin('PUT', '/v1/tenants/t2/providers/apns', { key: 'k' })).status).toBe(200);
    expect([...running.push.notifications.credentials.keys()]).toEqual(['t2 apns']);
    for (const [tenant, header] of [
      ['t1', 't2'],
      ['t2', 't1'],
      ['t3', undefined],
    ] as const) {
      const answer = await admin(
        'PUT',
        `/v1/tenants/${tenant}/providers/fcm`,
        { key: 'k' },
        header ? { 'X-Tenant': header } : {},
      );
      expect([answer.status, answer.body.code, answer.body.field]).toEqual([404, 'NOT_FOUND', 'tenant']);
    }
    expect(running.push.notifications.credentials.size).toBe(1);
    expect((await admin('GET', '/v1/tenants/a%20b/policy')).body).toMatchObject({ code: 'INVALID', field: 'tenant' });
  });
});

it('keeps the rules of a tenant', async () => {
  const path = '/v1/tenants/t1/policy';
  expect((await admin('GET', path)).body).toEqual({});
  expect((await admin('PUT', path, { privacy: 'full' })).body).toEqual({ privacy: 'full' });
  expect((await admin('GET', path)).body).toEqual({ privacy: 'full' });
  expect((await admin('GET', '/v1/tenants/t2/policy')).body).toEqual({});
});

describe('dead notifications', () => {
  beforeEach(() => {
    running.push.notifications.deadRows = [deadRow('m1'), deadRow('m2'), deadRow('m3'), deadRow('m9', 't2')];
  });
  const dead = async (query = '') =>
    (await running.call('GET', `/v1/notifications/dead${query}`, { key: 'read' })).body;

  it('are listed page by page, without what only the store needs', async () => {
    const first = await dead('?limit=2');
    expect(first.notifications[0]).toEqual({
      id: 'm1',
      user: 'u1',
      device: 'd1',
      notificationId: 'n-m1',
      provider: 'apns',
      reason: 'attempts',
      attempts: 8,
      createdAt: 1,
      diedAt: 2,
    });
    expect([first.notifications.length, first.next]).toEqual([2, 2]);
    const last = await dead('?limit=2&after=2');
    expect([last.notifications.map(({ id }: { id: string }) => id), last.next]).toEqual([['m3'], undefined]);
  });

  it('are replayed by name, or all of the tenant', async () => {
    const one = await running.call('POST', '/v1/notifications/dead/replay', {
      body: { notifications: [{ id: 'm2', user: 'u1', device: 'd1' }] },
    });
    expect([one.status, one.body]).toEqual([200, { replayed: 1 }]);
    expect((await running.call('POST', '/v1/notifications/dead/replay')).body).toEqual({ replayed: 2 });
    expect(running.push.notifications.deadRows.map(({ tenant }) => tenant)).toEqual(['t2']);
  });

  it('are purged by name or all, and half a name purges nothing', async () => {
    const purge = (query: string) => running.call('DELETE', `/v1/notifications/dead${query}`);
    for (const [query, field] of [
      ['?id=m1', 'user'],
      ['?id=m1&user=u1', 'device'],
      ['?user=u1&device=d1', 'id'],
    ])
      expect((await purge(query!)).body).toMatchObject({ code: 'INVALID', field });
    expect(running.push.notifications.deadRows).toHaveLength(4);
    expect((await purge('?id=m1&user=u1&device=d1')).body).toEqual({ purged: 1 });
    expect((await purge('')).body).toEqual({ purged: 2 });
  });

  it('are not a reader’s to replay or purge', async () => {
    for (const [method, path] of [
      ['POST', '/v1/notifications/dead/replay'],
      ['DELETE', '/v1/notifications/dead'],
    ] as const)
      expect((await running.call(method, path, { key: 'read' })).status).toBe(403);
    expect(running.push.notifications.deadRows).toHaveLength(4);
  });
});

describe('POST /v1/notifications/opened', () => {
  const opened = (body: unknown, token = 't1/u1/d1') =>
    running.call('POST', '/v1/notifications/opened', { key: token, body });

  it('tells of the token’s own device', async () => {
    expect((await opened({ id: 'm1' })).status).toBe(204);
    expect(running.push.notifications.reports).toEqual([
      { tenant: 't1', kind: 'opened', user: 'u1', device: 'd1', messageId: 'm1' },
    ]);
    expect(running.push.calls).toEqual([]);
  });

  it('answers 404 where the device was sent no such thing, and 400 where nothing is named', async () => {
    expect((await opened({ id: 'm1' }, 't1/u2/d1')).body.code).toBe('NOT_FOUND');
    expect((await opened({})).body).toMatchObject({ code: 'INVALID', field: 'id' });
    expect((await opened({ id: 'm1', user: 'u2' })).body.code).toBe('UNKNOWN_FIELD');
    expect((await opened({ id: 'm1' }, 'wrong')).status).toBe(401);
  });
});
