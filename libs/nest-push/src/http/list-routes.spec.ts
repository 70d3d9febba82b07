import { runApp, type RunningApp } from '../fixtures/http-app.fixture.js';

let running: RunningApp;
beforeEach(async () => {
  running = await runApp();
});
afterEach(() => running.app.close());

const get = (path: string, key = 'read', headers: Record<string, string> = {}) =>
  running.call('GET', path, { key, headers });

it('lists what the engine lists, of the caller’s tenant', async () => {
  running.push.listed.users.push({ user: 'u1', devices: 2, online: true, lastSeenAt: 5 });
  running.push.listed.topics.push({ topic: 'news', subscribers: 3, head: 7 });
  running.push.listed.cursors.push({ device: 'd', s: '@me', epoch: 'e', seq: 1, head: 3, lag: 2 });
  expect((await get('/v1/users?prefix=u&after=u0&limit=7')).body).toEqual({ users: running.push.listed.users });
  expect((await get('/v1/topics?prefix=n')).body).toEqual({ topics: running.push.listed.topics });
  expect((await get('/v1/users/u1/cursors')).body).toEqual({ cursors: running.push.listed.cursors });
  const query = 'user=u1&type=chat&thread=r&since=5&until=9&limit=2&before=m9';
  expect((await get(`/v1/messages?${query}`)).body).toEqual({ messages: [] });
  await get('/v1/users', 'admin', { 'X-Tenant': 't2' });
  expect(running.push.calls.filter((call) => call.startsWith('list'))).toEqual([
    'list users t1 {"prefix":"u","after":"u0","limit":7}',
    'list topics t1 {"prefix":"n"}',
    'list cursors t1 u1',
    'list messages t1 {"user":"u1","type":"chat","thread":"r","since":5,"until":9,"limit":2,"before":"m9"}',
    'list users t2 {}',
  ]);
});

it.each([
  ['/v1/messages?limit=501', 'limit'],
  ['/v1/messages?limit=0', 'limit'],
  ['/v1/messages?since=yesterday', 'since'],
  ['/v1/messages?topic=@me', 'topic'],
  ['/v1/messages?offset=9', 'offset'],
  ['/v1/users?prefix=', 'prefix'],
  ['/v1/users?after=a%20b', 'after'],
  ['/v1/topics?prefix=@a', 'prefix'],
])('refuses %s, and names %s', async (path, field) => {
  const { status, body } = await get(path);
  expect([status, body.field]).toEqual([400, field]);
});

it('erases for admin keys alone, and answers what was removed', async () => {
  running.push.erased = { ...running.push.erased, messages: 3, finished: false };
  for (const key of ['read', 'pub']) {
    const { status } = await running.call('DELETE', '/v1/users/u1', { key });
    expect(status).toBe(403);
  }
  const { status, body } = await running.call('DELETE', '/v1/users/u1', { key: 'admin' });
  expect([status, body]).toMatchObject([200, { finished: false, erased: { messages: 3, devices: 0 } }]);
  expect(body.erased).not.toHaveProperty('finished');
  expect(running.push.calls.filter((call) => call.startsWith('erase'))).toEqual(['eraseUser t1 u1']);
});
