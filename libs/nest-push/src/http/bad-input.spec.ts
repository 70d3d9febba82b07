import { connect } from 'node:net';
import { runApp, type Answered, type RunningApp } from '../fixtures/http-app.fixture.js';

let running: RunningApp;
/** Every operation, with ids in its path, and a key or client token that may call it. */
let operations: { method: string; path: string; open: boolean; hasBody: boolean; takesJson: boolean; key: string }[];

beforeAll(async () => {
  running = await runApp({ bodyLimitBytes: 64 * 1024 });
  const { body } = await running.call('GET', '/openapi.json');
  operations = Object.entries<any>(body.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      // An admin key is good for t1, and for every call that takes a key.
      path: path.replaceAll('{tenant}', 't1').replaceAll(/\{\w+\}/g, 'x1'),
      open: operation.security?.length === 0,
      hasBody: operation.requestBody !== undefined,
      takesJson: operation.requestBody?.content['application/json'] !== undefined,
      key: operation.security?.some((one: object) => 'clientToken' in one) ? 't1/u1/d1' : 'admin',
    })),
  );
});
afterAll(() => running.app.close());

function expectProblem(answer: Answered, status: number, code: string, field?: string): void {
  expect({ status: answer.status, code: answer.body?.code, field: answer.body?.field }).toEqual({
    status,
    code,
    field,
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({
    type: `urn:nest-push:error:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    retryable: expect.any(Boolean),
  });
  expect(answer.text).not.toMatch(/\bat .+:\d+|node_modules|"stack"/);
}
const bodies = () => operations.filter((one) => one.takesJson);
const post = (body: unknown, headers?: Record<string, string>) =>
  running.call('POST', '/v1/messages', { body, headers });
const publish = { to: { users: ['u1'] }, type: 'x' };

it('knows the routes it walks', () => {
  expect(operations.length).toBeGreaterThanOrEqual(15);
  expect(
    bodies()
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual([
    'POST /v1/ack',
    'POST /v1/messages',
    'POST /v1/messages/batch',
    'POST /v1/notifications/dead/replay',
    'POST /v1/notifications/opened',
    'POST /v1/presence',
    'POST /v1/read',
    'POST /v1/tokens',
    'POST /v1/topics/x1/subscribers',
    'PUT /v1/tenants/t1/policy',
    'PUT /v1/tenants/t1/providers/x1',
    'PUT /v1/users/x1/devices/x1',
    'PUT /v1/users/x1/preferences',
  ]);
});

it('asks for a key on every route that is not open', async () => {
  for (const { method, path, open } of operations) {
    for (const key of ['', 'wrong', 'a b', 'x'.repeat(600)]) {
      const answer = await running.call(method, path, { key });
      if (open) expect(answer.status).toBeLessThan(400);
      else {
        expectProblem(answer, 401, 'UNAUTHORIZED');
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    }
    if (!open)
      expectProblem(
        await running.call(method, path, { key: '', headers: { authorization: 'Basic cHViOg==' } }),
        401,
        'UNAUTHORIZED',
      );
  }
});

it('refuses a garbage body on every route that takes one', async () => {
  for (const { method, path, key } of bodies()) {
    for (const garbage of ['{', 'nul', '"a', '{"a":1}}', '\u0000', "{'a':1}", '[1,]']) {
      expectProblem(await running.call(method, path, { key, body: garbage }), 400, 'INVALID', 'body');
    }
    for (const wrong of ['[]', '1', 'null', '"text"', 'true']) {
      expectProblem(await running.call(method, path, { key, body: wrong }), 400, 'INVALID', 'body');
    }
    expectProblem(
      await running.call(method, path, { key, body: { nobodyKnows: 1 } }),
      400,
      ...(await codeOf(method, path, key)),
    );
  }
});
/** A body lacks what is required and has a field nobody knows: either may be named. */
async function codeOf(method: string, path: string, key: string): Promise<[string, string]> {
  const { body } = await running.call(method, path, { key, body: { nobodyKnows: 1 } });
  expect([body.code, body.field]).toEqual([expect.stringMatching(/^(INVALID|UNKNOWN_FIELD)$/), expect.any(String)]);
  return [body.code as string, body.field as string];
}

it('refuses deep JSON on every route that takes a body, without exhausting the stack', async () => {
  for (const { method, path, key } of bodies()) {
    for (const deep of ['['.repeat(30_000), '{"a":'.repeat(9_000), `{"data":${'['.repeat(120)}${']'.repeat(120)}}`]) {
      expectProblem(await running.call(method, path, { key, body: deep }), 400, 'INVALID', 'body');
    }
  }
});

it('does not count brackets inside text as depth', async () => {
  expect((await post({ ...publish, data: `${'['.repeat(5000)}\\"${'{'.repeat(500)}` })).status).toBe(202);
});

it('refuses keys that reach for the prototype, and the prototype stays', async () => {
  for (const { method, path, key } of bodies()) {
    const { status, body } = await running.call(method, path, {
      key,
      body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
    });
    expect([status, body.code]).toEqual([400, expect.stringMatching(/^(INVALID|UNKNOWN_FIELD)$/)]);
  }
  expectProblem(
    await post('{"to":{"users":["u1"]},"type":"x","__proto__":{"admin":true}}'),
    400,
    'UNKNOWN_FIELD',
    '__proto__',
  );
  expectProblem(await running.call('GET', '/v1/users/u1/inbox?__proto__=1'), 400, 'UNKNOWN_FIELD', '__proto__');
  expectProblem(await running.call('GET', '/v1/users/u1/inbox?constructor=1'), 400, 'UNKNOWN_FIELD', 'constructor');
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

it('refuses a body over the limit, declared or not', async () => {
  for (const { method, path, key } of bodies()) {
    expectProblem(
      await running.call(method, path, { key, body: `"${'x'.repeat(64 * 1024)}"` }),
      413,
      'TOO_LARGE',
      'body',
    );
  }
  const head =
    'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
  expect(await raw(head + chunk.repeat(6))).toMatch(/^HTTP\/1\.1 413 /);
});

it('refuses what is not UTF-8 instead of storing something else', async () => {
  expectProblem(await post(Buffer.from('7b2261223a22c328227d', 'hex')), 400, 'INVALID', 'body');
  expectProblem(await post(Buffer.from('\ufeff{"a":1}', 'utf16le')), 400, 'INVALID', 'body');
  expectProblem(
    await post(publish, { 'content-type': 'application/json; charset=latin1' }),
    400,
    'INVALID',
    'content-type',
  );
});

it('reads application/json and nothing else', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'application/problem+json',
  ]) {
    expectProblem(await post(JSON.stringify(publish), { 'content-type': type }), 400, 'INVALID', 'content-type');
  }
  expectProblem(await post(publish, { 'content-encoding': 'gzip' }), 400, 'INVALID', 'content-encoding');
  expect((await post(publish, { 'content-type': 'Application/JSON;charset="UTF-8"' })).status).toBe(202);
});

it('names the field of every value that is wrong', async () => {
  const device = (body: object) => running.call('PUT', '/v1/users/u1/devices/d1', { body });
  expectProblem(await device({ platform: 'ios', tokens: [{ token: 'x' }] }), 400, 'INVALID', 'tokens[0].provider');
  expectProblem(await device({ platform: 'ios', tokens: [], extra: 1 }), 400, 'UNKNOWN_FIELD', 'extra');
  expectProblem(
    await running.call('POST', '/v1/topics/t/subscribers', { body: { users: ['a', 'b c'] } }),
    400,
    'INVALID',
    'users[1]',
  );
  expectProblem(
    await running.call('POST', '/v1/topics/t/subscribers', { body: { users: [] } }),
    400,
    'INVALID',
    'users',
  );
  expectProblem(
    await running.call('POST', '/v1/topics/t/subscribers', { body: { users: Array(1001).fill('u') } }),
    400,
    'INVALID',
    'users',
  );
  expectProblem(await running.call('POST', '/v1/tokens', { body: { user: 'u', ttl: '60' } }), 400, 'INVALID', 'ttl');
  expectProblem(
    await running.call('POST', '/v1/messages/batch', { body: { messages: [] } }),
    400,
    'INVALID',
    'messages',
  );
  expectProblem(
    await running.call('POST', '/v1/messages/batch', { body: { messages: Array(501).fill(1) } }),
    400,
    'INVALID',
    'messages',
  );
  expectProblem(
    await running.call('POST', '/v1/messages/batch', { body: { messages: [1], x: 1 } }),
    400,
    'UNKNOWN_FIELD',
    'x',
  );
  expectProblem(await post(publish, { 'idempotency-key': 'k'.repeat(129) }), 400, 'INVALID', 'Idempotency-Key');
  expectProblem(
    await running.call('PUT', '/v1/topics/t/subscribers/u', { body: { role: 'x' } }),
    400,
    'UNKNOWN_FIELD',
    'role',
  );
});

it('checks ids in the path', async () => {
  expectProblem(await running.call('GET', '/v1/users/a%20b/inbox'), 400, 'INVALID', 'user');
  expectProblem(await running.call('GET', '/v1/users/%00/devices'), 400, 'INVALID', 'user');
  expectProblem(
    await running.call('PUT', `/v1/users/u/devices/${'d'.repeat(129)}`, { body: { platform: 'x' } }),
    400,
    'INVALID',
    'device',
  );
  expectProblem(await running.call('PUT', '/v1/topics/@me/subscribers/u'), 400, 'INVALID', 'topic');
  expectProblem(await running.call('GET', '/v1/users/%E0%A4%A/inbox'), 400, 'INVALID', 'path');
});

it('checks the query', async () => {
  for (const bad of ['after=-1', 'after=1.5', 'after=0x10', 'after=', 'after=1&after=2', 'after=9999999999999999999']) {
    expectProblem(
      await running.call('GET', `/v1/users/u/inbox?${bad}`),
      400,
      'INVALID',
      bad.includes('&') ? 'after' : 'after',
    );
  }
  expectProblem(await running.call('GET', '/v1/users/u/inbox?limit=501'), 400, 'INVALID', 'limit');
  for (const { method, path, hasBody, key } of operations.filter((one) => !one.hasBody)) {
    expect(hasBody).toBe(false);
    expectProblem(await running.call(method, `${path}?x=1`, { key }), 400, 'UNKNOWN_FIELD', 'x');
  }
});

it('answers unknown paths and wrong methods with a problem too', async () => {
  expectProblem(await running.call('GET', '/v1/nothing'), 404, 'NOT_FOUND');
  expectProblem(await running.call('GET', '/'), 404, 'NOT_FOUND');
  const wrong = await running.call('DELETE', '/v1/messages');
  expectProblem(wrong, 405, 'METHOD_NOT_ALLOWED');
  expect(wrong.headers.get('allow')).toBe('POST, GET');
});

it('survives requests that are cut off half-way', async () => {
  const head =
    'POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer pub\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"to":';
  for (let i = 0; i < 20; i++) await cut(head);
  expect((await post(publish)).status).toBe(202);
});

function open(text: string) {
  const { hostname, port } = new URL(running.url);
  return connect(Number(port), hostname, function (this: import('node:net').Socket) {
    this.write(text);
  });
}
/** Sends, and resolves with what comes back at first. */
const raw = (text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = open(text);
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
/** Sends, and resets the connection as soon as the server has it. */
const cut = (text: string) =>
  new Promise<void>((resolve) => {
    const before = running.app.getHttpServer() as import('node:http').Server;
    before.once('request', (request: import('node:http').IncomingMessage) => {
      request.once('close', () => resolve());
      socket.resetAndDestroy();
    });
    const socket = open(text);
    socket.on('error', () => undefined);
  });
