import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { ServerProcess, type Answer } from '../support/server.js';

describe('the HTTP API', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(() => server?.remove());

  const message = (more: object = {}) => ({ to: { users: ['u1'] }, type: 't', ...more });
  const post = (body: unknown, headers?: Record<string, string>) =>
    server.call('POST', '/v1/messages', { body, headers });
  const admin = (method: string, route: string, body?: unknown, tenant?: string) =>
    server.call(method, route, {
      body,
      key: server.keys.adminKey,
      headers: tenant === undefined ? {} : { 'X-Tenant': tenant },
    });

  function expectProblem(answer: Answer, status: number, code: string, field?: string): void {
    expect({ status: answer.status, code: answer.body?.code, field: answer.body?.field }).toEqual({
      status,
      code,
      field,
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status,
      retryable: expect.any(Boolean),
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|\.js:/);
  }

  describe('publishing', () => {
    it('answers a repeated key with the first result, and with another body a conflict', async () => {
      const headers = { 'Idempotency-Key': 'order-1' };
      const first = await post(message({ data: { a: 1, b: 2 } }), headers);
      const again = await post(message({ data: { a: 1, b: 2 } }), headers);
      expect(again.status).toBe(202);
      expect(again.body).toEqual({ ...first.body, duplicate: true });
      expectProblem(await post(message({ data: { a: 2 } }), headers), 409, 'IDEMPOTENCY_CONFLICT', 'idempotencyKey');
    });

    it('lets a hundred requests with one key at the same time count once', async () => {
      const headers = { 'Idempotency-Key': 'storm' };
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => post({ to: { users: ['storm'] }, type: 't' }, headers)),
      );
      expect(new Set(answers.map(({ body }) => body.id as string)).size).toBe(1);
      expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
      expect((await server.call('GET', '/v1/users/storm/inbox')).body.head).toBe(1);
    });

    it('takes a batch item by item, in order, a bad one spoiling only itself', async () => {
      const answer = await server.call('POST', '/v1/messages/batch', {
        body: {
          messages: [
            { to: { users: ['batch'] }, type: 'a', idempotencyKey: 'b-1' },
            { to: {}, type: 'nobody' },
            { to: { users: ['batch'] }, type: 'c' },
            { to: { users: ['batch'] }, type: 'a', idempotencyKey: 'b-1' },
          ],
        },
      });
      expect(answer.status).toBe(202);
      const { results } = answer.body;
      expect(results[0]).toMatchObject({ id: expect.any(String), duplicate: false });
      expect(results[1]).toMatchObject({ status: 400, code: 'NO_AUDIENCE', retryable: false });
      expect(results[2]).toMatchObject({ duplicate: false });
      expect(results[3]).toEqual({ ...results[0], duplicate: true });
      const inbox = await server.call('GET', '/v1/users/batch/inbox');
      expect(inbox.body.entries.map((entry: { type: string }) => entry.type)).toEqual(['a', 'c']);
    });

    it.each<[string, unknown, number, string, string]>([
      ['nobody in "to"', { to: {}, type: 't' }, 400, 'NO_AUDIENCE', 'to'],
      ['an empty list', { to: { users: [] }, type: 't' }, 400, 'NO_AUDIENCE', 'to'],
      ['no "to"', { type: 't' }, 400, 'INVALID', 'to'],
      ['no type', { to: { users: ['u1'] } }, 400, 'INVALID', 'type'],
      ['a user with white space', { to: { users: ['ok', 'a b'] }, type: 't' }, 400, 'INVALID', 'to.users[1]'],
      ['a topic with @', { to: { topics: ['@x'] }, type: 't' }, 400, 'INVALID', 'to.topics[0]'],
      ['an unknown field', { to: { users: ['u1'] }, type: 't', extra: 1 }, 400, 'UNKNOWN_FIELD', 'extra'],
      ['an unknown field inside', { to: { users: ['u1'], user: 'x' }, type: 't' }, 400, 'UNKNOWN_FIELD', 'to.user'],
      ['a ttl of text', { to: { users: ['u1'] }, type: 't', options: { ttl: '1' } }, 400, 'INVALID', 'options.ttl'],
      ['too much data', { to: { users: ['u1'] }, type: 't', data: 'x'.repeat(65_536) }, 413, 'TOO_LARGE', 'data'],
      [
        'a volatile message for later',
        { to: { users: ['u1'] }, type: 't', options: { volatile: true, sendAt: 1790000000000 } },
        400,
        'INVALID',
        'options.sendAt',
      ],
    ])('refuses %s', async (_, body, status, code, field) => {
      expectProblem(await post(body), status, code, field);
    });

    it('refuses what is no JSON, half of it, not UTF-8, too deep, or another type', async () => {
      expectProblem(await post('{"to":'), 400, 'INVALID', 'body');
      expectProblem(await post('[]'), 400, 'INVALID', 'body');
      expectProblem(
        await post(`{"to":{"users":["u1"]},"type":"t","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
        400,
        'INVALID',
        'body',
      );
      expect((await post('hello', { 'Content-Type': 'text/plain' })).status).toBe(400);
      expect(await rawStatus(server, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))).toBe(400);
      expect((await server.call('GET', '/healthz', { key: null })).status).toBe(200);
    });

    it('is not fooled by prototype names in data', async () => {
      const answer = await post(
        '{"to":{"users":["proto"]},"type":"t","data":{"__proto__":{"admin":true},"constructor":1}}',
      );
      expect([202, 400]).toContain(answer.status);
      expect((await post(message({ data: {} }))).status).toBe(202);
    });

    it('schedules', async () => {
      const sendAt = Date.now() + 3_600_000;
      const { body } = await post(message({ options: { sendAt } }));
      const found = await server.call('GET', `/v1/messages/${body.id}`);
      expect(found.body).toMatchObject({ state: 'scheduled', dueAt: sendAt });
    });
  });

  it('tells a message, its state and counts', async () => {
    const { body } = await post({ to: { users: ['state-1', 'state-2'] }, type: 'chat', thread: 'r', data: { x: 1 } });
    const found = await server.call('GET', `/v1/messages/${body.id}`);
    expect(found.status).toBe(200);
    expect(found.body).toMatchObject({
      id: body.id,
      type: 'chat',
      thread: 'r',
      data: { x: 1 },
      to: { users: ['state-1', 'state-2'] },
      acceptedAt: body.acceptedAt,
      state: 'stored',
      counts: { recipients: 2, delivered: 0, notified: 0, read: 0, failed: 0, expired: 0 },
    });
    expectProblem(await server.call('GET', '/v1/messages/nothing-here'), 404, 'NOT_FOUND');
  });

  it('keeps devices', async () => {
    const put = await server.call('PUT', '/v1/users/dev/devices/d1', {
      body: {
        platform: 'android',
        tokens: [{ provider: 'fcm', token: 'abc' }],
        locale: 'de-DE',
        timeZone: 'Europe/Berlin',
        appVersion: '1.2',
      },
    });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({
      user: 'dev',
      device: 'd1',
      platform: 'android',
      tokens: [{ provider: 'fcm', token: 'abc' }],
      registeredAt: expect.any(Number),
    });
    expect((await server.call('GET', '/v1/users/dev/devices')).body.devices).toHaveLength(1);
    expectProblem(
      await server.call('PUT', '/v1/users/dev/devices/d1', { body: { tokens: [] } }),
      400,
      'INVALID',
      'platform',
    );
    expect((await server.call('DELETE', '/v1/users/dev/devices/d1')).status).toBe(204);
    expect((await server.call('GET', '/v1/users/dev/devices')).body.devices).toEqual([]);
  });

  it('pages through an inbox, by thread too', async () => {
    for (const thread of ['x', 'y', 'x']) await server.publish('inbox', { thread }, { thread });
    const all = await server.call('GET', '/v1/users/inbox/inbox');
    expect(all.body).toMatchObject({
      epoch: expect.any(String),
      head: 3,
      first: 1,
      unread: { total: 3, threads: { x: 2, y: 1 } },
    });
    const seqs = async (query: string): Promise<number[]> =>
      (await server.call('GET', `/v1/users/inbox/inbox?${query}`)).body.entries.map(
        (entry: { seq: number }) => entry.seq,
      );
    await expect(seqs('after=1&limit=1')).resolves.toEqual([2]);
    await expect(seqs('thread=x')).resolves.toEqual([1, 3]);
    expectProblem(await server.call('GET', '/v1/users/inbox/inbox?limit=0'), 400, 'INVALID', 'limit');
    expectProblem(await server.call('GET', '/v1/users/inbox/inbox?what=1'), 400, 'UNKNOWN_FIELD', 'what');
    expect((await server.call('GET', '/v1/users/never-seen/inbox')).body).toMatchObject({ head: 0, entries: [] });
  });

  it('keeps who subscribes to a topic', async () => {
    expect((await server.call('PUT', '/v1/topics/news/subscribers/ann')).status).toBe(204);
    expect(
      (await server.call('POST', '/v1/topics/news/subscribers', { body: { users: ['bob', 'ann', 'cid'] } })).body,
    ).toEqual({ added: ['bob', 'cid'] });
    const first = await server.call('GET', '/v1/topics/news/subscribers?limit=2');
    expect(first.body.subscribers.map((one: { user: string }) => one.user)).toEqual(['ann', 'bob']);
    const rest = await server.call('GET', `/v1/topics/news/subscribers?after=${first.body.next}`);
    expect(rest.body.subscribers.map((one: { user: string }) => one.user)).toEqual(['cid']);
    expect((await server.call('DELETE', '/v1/topics/news/subscribers/bob')).status).toBe(204);
    expectProblem(await server.call('PUT', '/v1/topics/@me/subscribers/ann'), 400, 'INVALID', 'topic');
  });

  it('issues tokens', async () => {
    const before = Date.now();
    const { status, body } = await server.call('POST', '/v1/tokens', {
      body: { user: 'ann', device: 'd1', ttl: 60, topics: ['news.*'] },
    });
    expect(status).toBe(201);
    expect(body.expiresAt).toBeGreaterThan(before + 58_000);
    expect(body.expiresAt).toBeLessThan(Date.now() + 61_000);
    const claims = JSON.parse(Buffer.from((body.token as string).split('.')[1]!, 'base64url').toString()) as object;
    expect(claims).toMatchObject({
      sub: 'ann',
      ten: 'default',
      dev: 'd1',
      top: ['news.*'],
      exp: Math.floor(body.expiresAt / 1000),
    });
    expectProblem(await server.call('POST', '/v1/tokens', { body: { user: 'ann', ttl: 0 } }), 400, 'INVALID', 'ttl');
  });

  it('is open for liveness, readiness and its description alone', async () => {
    expect((await server.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' });
    expect((await server.call('GET', '/readyz', { key: null })).body).toEqual({ status: 'ready' });
    const { body: openapi } = await server.call('GET', '/openapi.json', { key: null });
    expect(openapi.openapi).toBe('3.1.0');
    const paths = openapi.paths as Record<string, Record<string, { security?: unknown[] }>>;
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.security?.length === 0) continue;
        const route = path.replaceAll(/\{\w+\}/g, 'x');
        expectProblem(
          await server.call(method.toUpperCase(), route, {
            key: null,
            body: method === 'get' || method === 'delete' ? undefined : {},
          }),
          401,
          'UNAUTHORIZED',
        );
        expectProblem(
          await server.call(method.toUpperCase(), route, {
            key: `${server.keys.apiKey}x`,
            body: method === 'get' || method === 'delete' ? undefined : {},
          }),
          401,
          'UNAUTHORIZED',
        );
      }
    }
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/messages', '/v1/messages/batch', '/v1/tokens', '/v1/tenants', '/v1/keys']),
    );
  });

  it('answers unknown paths and methods with problem documents', async () => {
    expectProblem(await server.call('GET', '/nothing'), 404, 'NOT_FOUND');
    const wrong = await server.call('DELETE', '/v1/messages');
    expectProblem(wrong, 405, 'METHOD_NOT_ALLOWED');
    expect(wrong.headers.get('allow')).toBe('POST, GET');
  });

  describe('tenants and keys', () => {
    it('keeps tenants apart, and names an unknown one only as not found', async () => {
      expect((await admin('POST', '/v1/tenants', { id: 'acme' })).status).toBe(201);
      expectProblem(await admin('POST', '/v1/tenants', { id: 'acme' }), 400, 'INVALID', 'id');
      expect((await admin('GET', '/v1/tenants')).body.tenants.map((one: { id: string }) => one.id)).toEqual([
        'acme',
        'default',
      ]);
      const made = await admin('POST', '/v1/keys', { role: 'publisher' }, 'acme');
      expect(made.status).toBe(201);
      const key = made.body.key as string;
      expect(made.body).toEqual({
        id: expect.any(String),
        tenant: 'acme',
        role: 'publisher',
        createdAt: expect.any(Number),
        key,
      });

      const mine = await server.call('POST', '/v1/messages', { key, body: { to: { users: ['same'] }, type: 'acme' } });
      await server.publish('same', 'default');
      expect((await server.call('GET', '/v1/users/same/inbox', { key })).body.entries).toHaveLength(1);
      expectProblem(await server.call('GET', `/v1/messages/${mine.body.id}`), 404, 'NOT_FOUND');
      expect((await admin('GET', `/v1/messages/${mine.body.id}`, undefined, 'acme')).status).toBe(200);
      expectProblem(await admin('GET', '/v1/users/same/inbox', undefined, 'nowhere'), 404, 'NOT_FOUND', 'X-Tenant');

      expect((await admin('DELETE', `/v1/keys/${made.body.id}`, undefined, 'default')).status).toBe(404);
      expect((await admin('DELETE', `/v1/keys/${made.body.id}`, undefined, 'acme')).status).toBe(204);
      expectProblem(await server.call('GET', '/v1/users/same/inbox', { key }), 401, 'UNAUTHORIZED');
    });

    it('lets a role do what it says and no more', async () => {
      const reader = (await admin('POST', '/v1/keys', { role: 'reader' })).body.key as string;
      expect((await server.call('GET', '/v1/users/u1/inbox', { key: reader })).status).toBe(200);
      expectProblem(await server.call('POST', '/v1/messages', { key: reader, body: message() }), 403, 'NOT_ALLOWED');
      expectProblem(await server.call('GET', '/v1/keys'), 403, 'NOT_ALLOWED');
      const tenantAdmin = (await admin('POST', '/v1/keys', { role: 'admin' })).body.key as string;
      const listed = await server.call('GET', '/v1/keys', { key: tenantAdmin });
      expect(listed.status).toBe(200);
      expect(JSON.stringify(listed.body)).not.toMatch(/hash|push_[0-9a-f]{12}_/);
      expectProblem(
        await server.call('POST', '/v1/tenants', { key: tenantAdmin, body: { id: 'mine' } }),
        403,
        'NOT_ALLOWED',
      );
    });
  });

  it('never writes a key or a token into its log', async () => {
    await server.call('GET', '/nothing');
    const log = server.output.split('\n').filter((line) => line.startsWith('{'));
    expect(log.length).toBeGreaterThan(0);
    expect(log.join('\n')).not.toMatch(/push_[0-9a-f]{12}_|push_admin_|eyJ/);
  });
});

function rawStatus(server: ServerProcess, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${server.keys.apiKey}`,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
      },
    });
    call.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on('error', reject);
    call.end(body);
  });
}
