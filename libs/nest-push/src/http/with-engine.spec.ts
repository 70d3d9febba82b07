import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from 'push-core';
import { WebSocket } from 'ws';
import { createJwtTokens } from '../auth/jwt-tokens.js';
import { measureStore } from '../metrics/measured-store.js';
import { PushModule } from '../push.module.js';
import { keys } from '../fixtures/http-app.fixture.js';
import { PushHttpModule } from './push-http.module.js';

const tokens = createJwtTokens({ secretOf: async () => Buffer.alloc(32, 7) });
let app: INestApplication;
let address: string;
const sockets: WebSocket[] = [];

async function start(limits: object = {}): Promise<void> {
  const store = measureStore(createMemoryStore());
  class AppModule {}
  Module({
    imports: [
      PushModule.forRoot({ store, authenticator: tokens, limits: { drainSpreadMs: 1, ...limits } }),
      PushHttpModule.register({
        apiAuthenticator: { useValue: keys },
        tokenIssuer: { useValue: tokens },
        metrics: { store, processMetrics: false },
      }),
    ],
  })(AppModule);
  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  address = `127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await app.close();
});

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(`http://${address}${path}`, {
    method,
    headers: { authorization: 'Bearer pub', ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
const tokenOf = async (user: string) => (await call('POST', '/v1/tokens', { user })).body.token as string;
const publish = (user: string, more: object = {}) =>
  call('POST', '/v1/messages', { to: { users: [user] }, type: 'x', data: { n: 1 }, ...more });

/** A client that hands out the first frame, old or new, with this op. */
async function client(token: string, device: string) {
  const socket = new WebSocket(`ws://${address}/v1/ws`, 'push.v1.json');
  sockets.push(socket);
  const frames: any[] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (data: Buffer) => {
    for (const line of data.toString().split('\n')) frames.push(JSON.parse(line));
    wake();
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  send({ op: 'connect', token, device });
  const next = async (op: string) => {
    for (;;) {
      const at = frames.findIndex((frame) => frame.op === op);
      if (at >= 0) return frames.splice(at, 1)[0];
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { send, next, closed };
}

it('recalls what clients have got, and cancels what nobody has', async () => {
  await start();
  const { next } = await client(await tokenOf('u1'), 'd1');
  await next('connected');
  const { id } = (await publish('u1')).body;
  expect(await next('push')).toMatchObject({ id, seq: 1 });
  for (let i = 0; i < 2; i++) {
    expect((await call('DELETE', `/v1/messages/${id}`)).body).toEqual({ id, state: 'recalled' });
  }
  expect(await next('recall')).toMatchObject({ s: '@me', seq: 1, id });
  const report = (await call('GET', `/v1/messages/${id}`)).body;
  expect(report).toMatchObject({ state: 'recalled', recalledAt: expect.any(Number) });
  expect(report).not.toHaveProperty('data');
  expect((await call('GET', '/v1/users/u1/inbox')).body).toMatchObject({ entries: [], unread: { total: 0 } });

  const later = (await publish('u1', { options: { sendAt: Date.now() + 3_600_000 } })).body.id;
  expect((await call('DELETE', `/v1/messages/${later}`)).body).toEqual({ id: later, state: 'cancelled' });
  expect((await call('DELETE', '/v1/messages/nothing')).status).toBe(404);
});

it('counts as read, and as unread, what the read marks say', async () => {
  await start();
  const { next, send } = await client(await tokenOf('u1'), 'd1');
  await next('connected');
  const first = (await publish('u1', { thread: 'r1' })).body.id;
  await publish('u1', { thread: 'r1' });
  await publish('u1', { thread: 'r2' });
  await publish('u1');
  const inbox = async () => (await call('GET', '/v1/users/u1/inbox')).body.unread;
  expect(await inbox()).toEqual({ total: 4, threads: { r1: 2, r2: 1 } });
  expect((await call('GET', `/v1/messages/${first}`)).body.counts.read).toBe(0);
  for (let i = 0; i < 4; i++) await next('push');
  send({ op: 'read', s: '@me', seq: 1, thread: 'r1' });
  send({ op: 'ping' });
  await next('pong');
  expect(await inbox()).toEqual({ total: 3, threads: { r1: 1, r2: 1 } });
  expect((await call('GET', `/v1/messages/${first}`)).body.counts.read).toBe(1);
});

it('hands a volatile message to whoever is connected, and keeps nothing of it', async () => {
  await start();
  const { next } = await client(await tokenOf('u1'), 'd1');
  await next('connected');
  const answer = await publish('u1', { type: 'typing', thread: 'r', options: { volatile: true } });
  expect([answer.status, answer.body]).toEqual([
    202,
    { id: expect.any(String), acceptedAt: expect.any(Number), duplicate: false },
  ]);
  expect(await next('signal')).toEqual({ op: 'signal', type: 'typing', thread: 'r', data: { n: 1 } });
  expect((await call('GET', '/v1/users/u1/inbox')).body.head).toBe(0);
});

it('tells who is connected, and since when not', async () => {
  await start();
  const { next } = await client(await tokenOf('ann'), 'd1');
  const { node } = await next('connected');
  const { body } = await call('POST', '/v1/presence', { users: ['bob', 'ann'] });
  expect(body.users).toEqual([
    { user: 'bob', online: false, devices: [] },
    {
      user: 'ann',
      online: true,
      lastSeenAt: expect.any(Number),
      devices: [{ device: 'd1', online: true, transport: 'websocket', node, lastSeenAt: expect.any(Number) }],
    },
  ]);
  await call('POST', '/v1/users/ann/disconnect');
  const { body: after } = await call('GET', '/v1/users/ann/presence');
  expect(after).toMatchObject({ user: 'ann', online: false, devices: [{ device: 'd1', online: false }] });
  expect(after.lastSeenAt).toBeLessThanOrEqual(Date.now());
});

it('closes the connections of a user, and refuses its tokens from before, not those from right after', async () => {
  await start();
  const before = await tokenOf('u1');
  const { next, closed } = await client(before, 'd1');
  await next('connected');
  expect((await call('POST', '/v1/users/u1/disconnect')).status).toBe(204);
  expect(await next('bye')).toMatchObject({ code: 3502, reconnect: false });
  expect(await closed).toBe(3502);
  const again = await client(before, 'd1');
  expect(await again.next('bye')).toMatchObject({ code: 3502 });
  const fresh = await client(await tokenOf('u1'), 'd1');
  expect(await fresh.next('connected')).toBeDefined();
});

it('refuses a tenant that publishes too much, and says when it may again', async () => {
  await start({ publishesPerSecond: 2 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => publish('u1')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const { body, headers } of refused) {
    expect(body).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  const { body } = await call('GET', '/metrics');
  expect(body).toContain(`push_dropped_total{reason="publishes"} ${refused.length}\n`);
  expect(body).toContain(`push_messages_accepted_total ${answers.length - refused.length}\n`);
});

it('says with every answer to a publish what is left, batches and refusals too', async () => {
  await start({ publishesPerSecond: 2 });
  const told = ({ headers }: { headers: Headers }) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];
  const left = (answer: { headers: Headers }) => Number(/;r=(\d+);/.exec(told(answer)[1] ?? '')?.[1]);
  const first = await publish('u1');
  expect(told(first)).toEqual(['"publishes";q=6;w=3', expect.stringMatching(/^"publishes";r=5;t=[01]$/)]);
  const message = { to: { users: ['u1'] }, type: 't' };
  const batch = await call('POST', '/v1/messages/batch', { messages: [message, message] });
  expect(left(batch)).toBeLessThanOrEqual(left(first));
  const answers = await Promise.all(Array.from({ length: 12 }, () => publish('u1')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) expect([told(one)[0], left(one)]).toEqual(['"publishes";q=6;w=3', 0]);
  expect(told(await call('GET', '/v1/users/u1/presence'))).toEqual([null, null]);
});

it('measures a message from the publish to the acknowledgement', async () => {
  await start();
  const { next, send } = await client(await tokenOf('u1'), 'd1');
  await next('connected');
  await publish('u1');
  await next('push');
  send({ op: 'ack', s: '@me', seq: 1 });
  send({ op: 'ping' });
  await next('pong');
  const { body } = await call('GET', '/metrics');
  for (const line of [
    'push_messages_accepted_total 1',
    'push_entries_sent_total{transport="websocket"} 1',
    'push_entries_acked_total{transport="websocket"} 1',
    'push_connections{transport="websocket"} 1',
    'push_retransmits_total 0',
    'push_delivery_seconds_count 1',
    'push_queue_depth{queue="intake"} 0',
    'push_store_seconds_count{operation="messages.append"} 1',
  ]) {
    expect(body.split('\n')).toContain(line);
  }
});
