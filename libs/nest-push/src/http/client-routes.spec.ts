import { PushError } from 'push-core';
import { runApp, type Answered, type RunningApp } from '../fixtures/http-app.fixture.js';

const CLIENT = 't1/u1/d1';
const ROUTES: [string, string][] = [
  ['GET', '/v1/sse'],
  ['GET', '/v1/poll'],
  ['POST', '/v1/ack'],
  ['POST', '/v1/read'],
  ['POST', '/v1/tickets'],
];
let running: RunningApp;
beforeAll(async () => {
  running = await runApp({ allowedOrigins: ['https://app.example.com', 'http://localhost:3000'] });
});
afterAll(() => running.app.close());
beforeEach(() => {
  running.push.calls.length = 0;
  running.push.failWith = undefined;
  running.push.refuseWith = undefined;
});

const call = (method: string, path: string, init: Parameters<RunningApp['call']>[2] = {}) =>
  running.call(method, path, { key: CLIENT, ...init });
const codes = (answer: Answered) => [answer.status, answer.body?.code, answer.body?.field];

it('acknowledges for the device of the token, or the one named', async () => {
  const answers = [
    await call('POST', '/v1/ack', { body: { s: '@me', seq: 41 } }),
    await call('POST', '/v1/ack?device=d2', { key: 't1/u1', body: { s: 'news', seq: 2 } }),
  ];
  expect(answers.map(({ status, text }) => [status, text])).toEqual([
    [204, ''],
    [204, ''],
  ]);
  expect(running.push.calls).toEqual(['acknowledge t1 u1 d1 @me 41', 'acknowledge t1 u1 d2 news 2']);
});

it('sets read marks, and says what is left', async () => {
  const thread = await call('POST', '/v1/read', { body: { s: '@me', seq: 41, thread: 'r1' } });
  const whole = await call('POST', '/v1/read', { body: { s: '@all', seq: 0 } });
  expect([thread.status, thread.body, whole.body]).toEqual([200, { unread: 0 }, { unread: 0 }]);
  expect(running.push.calls).toEqual(['markRead t1 u1 d1 @me 41 r1', 'markRead t1 u1 d1 @all 0 -']);
});

it('issues tickets', async () => {
  const answer = await call('POST', '/v1/tickets?device=d9', { key: 't1/u1' });
  expect([answer.status, answer.body]).toEqual([201, { ticket: 't1/u1/d9', expiresAt: 5 }]);
});

it.each([
  ['no s', { seq: 1 }, 'INVALID', 's'],
  ['no seq', { s: '@me' }, 'INVALID', 'seq'],
  ['a seq as text', { s: '@me', seq: '1' }, 'INVALID', 'seq'],
  ['a negative seq', { s: '@me', seq: -1 }, 'INVALID', 'seq'],
  ["another user's stream", { s: '@u2', seq: 1 }, 'INVALID', 's'],
  ['an unknown field', { s: '@me', seq: 1, user: 'u2' }, 'UNKNOWN_FIELD', 'user'],
])('refuses an acknowledgement and a read mark with %s', async (_, body, code, field) => {
  for (const path of ['/v1/ack', '/v1/read']) {
    expect(codes(await call('POST', path, { body }))).toEqual([400, code, field]);
  }
  expect(running.push.calls).toEqual([]);
});

it('takes no body where there is nothing to say', async () => {
  expect(codes(await call('POST', '/v1/tickets', { body: { ttl: 3600 } }))).toEqual([400, 'UNKNOWN_FIELD', 'ttl']);
});

describe('who it is', () => {
  it.each(ROUTES)('%s %s wants a client token', async (method, path) => {
    const answer = await call(method, path, { key: '' });
    expect(codes(answer)).toEqual([401, 'UNAUTHORIZED', undefined]);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it.each(ROUTES)('%s %s takes no token in the URL', async (method, path) => {
    for (const name of ['token', 'access_token', 'authorization', 'jwt']) {
      expect(codes(await call(method, `${path}?${name}=${CLIENT}`, { key: '' }))).toEqual([400, 'UNKNOWN_FIELD', name]);
    }
  });

  it.each(ROUTES.slice(1))('%s %s takes no ticket', async (method, path) => {
    expect(codes(await call(method, `${path}?ticket=t1/u1/d1`, { key: '' }))).toEqual([400, 'UNKNOWN_FIELD', 'ticket']);
  });

  it('spends no ticket on a stream that is asked for wrongly', async () => {
    let redeemed = 0;
    running.push.identify = () => {
      redeemed++;
      throw new PushError('UNAUTHORIZED', 'no');
    };
    for (const [query, field] of [
      ['device=a b', 'device'],
      ['follow=@me', 'follow[0]'],
      ['follow=a,b,@c', 'follow[2]'],
      [`lastEventId=${'1'.repeat(4097)}`, 'lastEventId'],
    ] as const) {
      expect(codes(await call('GET', `/v1/sse?ticket=t&${query}`, { key: '' }))).toEqual([400, 'INVALID', field]);
    }
    expect(codes(await call('GET', '/v1/sse?ticket=t'))).toEqual([400, 'INVALID', 'ticket']);
    expect(redeemed).toBe(0);
    expect(codes(await call('GET', '/v1/sse?ticket=t', { key: '' }))).toEqual([401, 'UNAUTHORIZED', undefined]);
    expect(redeemed).toBe(1);
    Reflect.deleteProperty(running.push, 'identify');
  });

  it('passes on what the engine says of a token', async () => {
    for (const [code, status] of [
      ['TOKEN_EXPIRED', 401],
      ['REVOKED', 401],
      ['NOT_ALLOWED', 403],
      ['STORE_UNAVAILABLE', 503],
    ] as const) {
      running.push.failWith = new PushError(code, 'because');
      for (const [method, path] of ROUTES)
        expect((await call(method, path, method === 'POST' ? { body: {} } : {})).status).toBe(status);
    }
  });

  it('an API key is no client token, and a client token is no API key', async () => {
    expect((await call('GET', '/v1/poll?device=d', { key: 'pub' })).status).toBe(401);
    expect((await call('GET', '/v1/users/u1/inbox')).status).toBe(401);
  });
});

it('asks whether the node takes one more before it looks at anybody', async () => {
  running.push.refuseWith = new PushError('OVERLOADED', 'full', { retryAfterMs: 2500 });
  for (const path of ['/v1/sse', '/v1/poll']) {
    const answer = await call('GET', path, { key: '' });
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'OVERLOADED', '3']);
  }
  expect((await call('POST', '/v1/ack', { body: { s: '@me', seq: 1 } })).status).toBe(204);
});

it('checks how long a poll may wait', async () => {
  for (const waitMs of ['-1', '60001', '1.5', 'long', '']) {
    expect(codes(await call('GET', `/v1/poll?waitMs=${waitMs}`))).toEqual([400, 'INVALID', 'waitMs']);
  }
});

it.each(['/v1/sse', '/v1/poll'])('has nothing to say to HEAD %s', async (path) => {
  const answer = await call('HEAD', path);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
});

describe('origins', () => {
  const FOREIGN = [
    'https://evil.example',
    'null',
    'https://app.example.com.evil.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://APP.example.com',
    'https://app.example.com/',
    ' https://app.example.com, https://evil.example',
    'http://localhost',
  ];

  it.each(ROUTES)('%s %s refuses a foreign origin before anything else', async (method, path) => {
    running.push.refuseWith = new PushError('OVERLOADED', 'full');
    for (const origin of FOREIGN) {
      const answer = await call(method, `${path}?token=x`, { key: '', headers: { origin } });
      expect(codes(answer)).toEqual([403, 'NOT_ALLOWED', undefined]);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('vary')).toBe('Origin');
    }
  });

  it.each(ROUTES)('%s %s lets a page of an allowed origin read even its refusal', async (method, path) => {
    for (const origin of ['https://app.example.com', 'http://localhost:3000']) {
      const answer = await call(method, path, { key: '', headers: { origin } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('vary')).toBe('Origin');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it.each(ROUTES)('%s %s answers the preflight of an allowed origin, and no other', async (method, path) => {
    const preflight = (origin: string) =>
      call('OPTIONS', path, {
        key: '',
        headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
      });
    const allowed = await preflight('https://app.example.com');
    expect([allowed.status, allowed.text]).toEqual([204, '']);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': method,
      'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID',
      vary: 'Origin',
    });
    for (const origin of FOREIGN) {
      const refused = await preflight(origin);
      expect(refused.status).toBe(403);
      expect([...refused.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it("takes no origin, and without a list the server's own", async () => {
    const own = await runApp();
    const ask = async (origin?: string) =>
      (await own.call('POST', '/v1/tickets', { key: CLIENT, headers: origin === undefined ? {} : { origin } })).status;
    expect(await ask()).toBe(201);
    expect(await ask(own.url)).toBe(201);
    expect(await ask('https://app.example.com')).toBe(403);
    expect(await ask(own.url.replace('http:', 'https:'))).toBe(403);
    await own.app.close();
  });

  it('leaves calls with API keys as they were', async () => {
    const answer = await running.call('GET', '/v1/users/u1/inbox', { headers: { origin: 'https://evil.example' } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});

it('documents how a client shows who it is', async () => {
  const { body } = await running.call('GET', '/openapi.json');
  expect(body.components.securitySchemes.clientToken).toMatchObject({ type: 'http', scheme: 'bearer' });
  expect(body.paths['/v1/sse'].get.security).toEqual([{ clientToken: [] }, { clientTicket: [] }]);
  expect(body.paths['/v1/poll'].get.security).toEqual([{ clientToken: [] }]);
  expect(Object.keys(body.paths['/v1/sse'].get.responses['200'].content)).toEqual(['text/event-stream']);
});
