import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from 'push-core';
import { createJwtTokens } from '../auth/jwt-tokens.js';
import { PushModule } from '../push.module.js';
import { PushService } from '../push.service.js';
import { keys } from '../fixtures/http-app.fixture.js';
import { PushHttpModule } from './push-http.module.js';

const tokens = createJwtTokens({ secretOf: async () => Buffer.alloc(32, 7) });
let app: NestFastifyApplication;
let url: string;
let headers: { authorization: string };

beforeAll(async () => {
  class AppModule {}
  Module({
    imports: [
      PushModule.forRoot({ store: createMemoryStore(), authenticator: tokens, limits: { drainSpreadMs: 1 } }),
      PushHttpModule.register({ apiAuthenticator: { useValue: keys } }),
    ],
  })(AppModule);
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  headers = { authorization: `Bearer ${(await tokens.issue('default', { user: 'u1' })).token}` };
});
afterAll(() => app.close());

const publish = (data: unknown) => app.get(PushService).publish({ to: { users: ['u1'] }, type: 'x', data });

it('streams, polls and acknowledges under Fastify too', async () => {
  const stream = await fetch(`${url}/v1/sse?device=d1`, { headers });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect((await reader.read()).value).toContain('event: connected');
  const first = await (await fetch(`${url}/v1/poll?device=d2&waitMs=0`, { headers })).json();
  await publish(1);
  expect((await reader.read()).value).toMatch(/^id: [\w.-]+\nevent: push\ndata: .*"data":1,/);
  const poll = await fetch(`${url}/v1/poll?device=d2&after=${(first as { cursor: string }).cursor}`, { headers });
  expect(await poll.json()).toMatchObject({ entries: [{ seq: 1, data: 1 }], recovery: 'complete' });
  const ack = await fetch(`${url}/v1/ack?device=d1`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ s: '@me', seq: 1 }),
  });
  expect(ack.status).toBe(204);
  await reader.cancel();
});

it('answers problems under Fastify too', async () => {
  const status = async (path: string, more: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { headers: { ...headers, ...more } });
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  expect(await status('/v1/sse?device=d&token=x')).toEqual([400, 'UNKNOWN_FIELD']);
  expect(await status('/v1/poll?device=d&after=x')).toEqual([400, 'INVALID']);
  expect(await status('/v1/sse?device=d', { 'last-event-id': 'x' })).toEqual([400, 'INVALID']);
  expect(await status('/v1/poll?device=d', { authorization: 'Bearer x' })).toEqual([401, 'UNAUTHORIZED']);
  expect(await status('/v1/poll?device=d', { origin: 'https://evil.example' })).toEqual([403, 'NOT_ALLOWED']);
});
