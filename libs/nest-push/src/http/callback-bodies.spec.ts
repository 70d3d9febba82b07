import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, systemClock } from 'push-core';
import { createHttpPool, webhook } from 'push-core/providers';
import { Webhook } from 'standardwebhooks';
import { PushModule } from '../push.module.js';
import { PushService } from '../push.service.js';
import { keys } from '../fixtures/http-app.fixture.js';
import { PushHttpModule } from './push-http.module.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const LIMIT = 512 * 1024;
let app: INestApplication;

async function start(on: 'express' | 'fastify', settings: object = {}): Promise<void> {
  const http = createHttpPool({ clock: systemClock, random: Math.random });
  class AppModule {}
  Module({
    imports: [
      PushModule.forRoot({ store: createMemoryStore(), offline: { providers: [webhook], http } }),
      PushHttpModule.register({ apiAuthenticator: { useValue: keys } }),
    ],
  })(AppModule);
  const options = { logger: false, ...settings } as const;
  app = await (on === 'fastify'
    ? NestFactory.create(AppModule, new FastifyAdapter(), options)
    : NestFactory.create(AppModule, options));
  await app.listen(0, '127.0.0.1');
  await app.get(PushService).notifications.putProvider('t1', 'webhook', { url: 'https://app.example.com/', secret });
}
afterEach(() => app.close());

async function post(body: string, type: string): Promise<number> {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const now = new Date();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/callbacks/t1/webhook`, {
    method: 'POST',
    headers: {
      'content-type': type,
      'webhook-id': 'c1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('c1', now, body),
    },
    body,
  });
  return answer.status;
}
/** Written as no serialiser of ours would: parsed and written again, the signature is wrong. */
const body = '{ "type" :"notification.shown",\n "data":{"id":"\\u006e1", "z": 1.0, "ü": "✓"} }';

it('gets the bytes that were signed, whatever they are called', async () => {
  await start('express');
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'x/y; charset=utf-8'])
    expect([type, await post(body, type)]).toEqual([type, 200]);
});

it('reads no more than its limit', async () => {
  await start('express');
  const padded = (size: number) => body + ' '.repeat(size - Buffer.byteLength(body));
  expect(await post(padded(LIMIT), 'text/plain')).toBe(200);
  expect(await post(padded(LIMIT + 1), 'text/plain')).toBe(413);
});

it('gets them under Fastify too, where the application keeps them', async () => {
  await start('fastify', { rawBody: true });
  expect(await post(body, 'application/json')).toBe(200);
});

it('says what to do where the application does not', async () => {
  await start('fastify');
  expect(await post(body, 'application/json')).toBe(422);
});
