import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from 'push-core';
import { WebSocket } from 'ws';
import { createJwtTokens } from './auth/jwt-tokens.js';
import { PushHttpModule } from './http/push-http.module.js';
import { PushModule } from './push.module.js';
import { PushService } from './push.service.js';
import { keys } from './fixtures/http-app.fixture.js';

const tokens = createJwtTokens({ secretOf: async () => Buffer.alloc(32, 7) });
let app: INestApplication;
let address: string;

beforeEach(async () => {
  class AppModule {}
  Module({
    imports: [
      PushModule.forRoot({
        store: createMemoryStore(),
        authenticator: tokens,
        defaultTenant: 't1',
        limits: { drainSpreadMs: 1 },
      }),
      PushHttpModule.register({ apiAuthenticator: { useValue: keys }, tokenIssuer: { useValue: tokens } }),
    ],
  })(AppModule);
  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  address = `127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
});
afterEach(() => app.close());

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(`http://${address}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer pub', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.json();
}

/** A client that hands its frames out one by one. */
async function client(token: string) {
  const socket = new WebSocket(`ws://${address}/v1/ws`, 'push.v1.json');
  const frames: any[] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (data: Buffer) => {
    frames.push(
      ...data
        .toString()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    );
    wake();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ op: 'connect', token, device: 'd1' }));
  const next = async () => {
    while (frames.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return frames.shift();
  };
  return { socket, next };
}

it('brings a message from the HTTP API to a client with a token of the HTTP API', async () => {
  const { token } = await post('/v1/tokens', { user: 'u1' });
  const { next, socket } = await client(token);
  expect(await next()).toMatchObject({ op: 'connected' });
  const publish = { to: { users: ['u1'] }, type: 'hello', data: { n: 1 } };
  const first = await post('/v1/messages', publish, { 'idempotency-key': 'k' });
  expect(await post('/v1/messages', publish, { 'idempotency-key': 'k' })).toEqual({ ...first, duplicate: true });
  expect(await post('/v1/messages', { ...publish, type: 'other' }, { 'idempotency-key': 'k' })).toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  });
  expect(await next()).toMatchObject({ op: 'push', s: '@me', seq: 1, id: first.id, data: { n: 1 } });
  await app.get(PushService).publish({ ...publish, type: 'again' });
  expect(await next()).toMatchObject({ op: 'push', seq: 2, type: 'again' });
  socket.close();
});

it('tells clients to go elsewhere when the application shuts down', async () => {
  const { token } = await tokens.issue('t1', { user: 'u1' });
  const { next, socket } = await client(token);
  expect(await next()).toMatchObject({ op: 'connected' });
  const closed = once(socket, 'close');
  await app.close();
  expect(await next()).toMatchObject({ op: 'bye', code: 3000, reconnect: true });
  expect((await closed)[0]).toBe(3000);
});

it('names the field of what the engine refuses', async () => {
  expect(await post('/v1/messages', { to: { users: ['a b'] }, type: 'x' })).toMatchObject({
    code: 'INVALID',
    field: 'to.users[0]',
  });
  expect(await post('/v1/messages', { to: {}, type: 'x' })).toMatchObject({ code: 'NO_AUDIENCE', field: 'to' });
  const { results } = await post('/v1/messages/batch', {
    messages: [{ to: { users: ['u'] }, type: 'x', idempotencyKey: '' }, 7, null],
  });
  expect(results.map((one: { code: string }) => one.code)).toEqual(['INVALID', 'INVALID', 'INVALID']);
});
