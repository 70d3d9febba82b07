import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from 'push-core';
import { allProviders, offlineOver } from 'push-core/providers';
import { FakeApns } from 'push-core/testing';
import { PushHttpModule } from '../http/push-http.module.js';
import { PushModule } from '../push.module.js';
import { PushService } from '../push.service.js';
import { keys } from '../fixtures/http-app.fixture.js';

const TOKEN = 'b2'.repeat(32);
let apns: FakeApns;
let app: INestApplication;
let url: string;
let push: PushService;

beforeEach(async () => {
  apns = await new FakeApns().listen();
  const offline = offlineOver(allProviders, { allow: [new URL(apns.url).host] });
  class AppModule {}
  Module({
    imports: [
      PushModule.forRoot({
        store: createMemoryStore(),
        defaultTenant: 't1',
        offline: { ...offline, waitMs: 0, pollMs: 20, maxAttempts: 1 },
        limits: { drainSpreadMs: 1 },
      }),
      PushHttpModule.register({ apiAuthenticator: { useValue: keys } }),
    ],
  })(AppModule);
  app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  push = app.get(PushService);
  await push.notifications.putProvider('t1', 'apns', apns.credentials);
  await push.putDevice(
    { user: 'ann', device: 'phone' },
    { platform: 'ios', tokens: [{ provider: 'apns', token: TOKEN }] },
  );
});
afterEach(async () => {
  await app.close();
  await apns.close();
});

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: any }> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: 'Bearer admin', ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
const publish = async () =>
  (await push.publish({ to: { users: ['ann'] }, type: 'chat.message', notification: { title: 'Bob', body: 'Hi!' } }))
    .id;
/** Resolves with the first event of the name. */
const once = (name: 'notified' | 'failed') =>
  new Promise<{ id: string; device: string; provider?: string }>((resolve) => {
    const stop = push.on(name, (event) => {
      stop();
      resolve(event);
    });
  });

it('notifies out of a Nest application, tells the host, and explains it', async () => {
  const notified = once('notified');
  const id = await publish();
  expect(await notified).toMatchObject({ tenant: 't1', user: 'ann', device: 'phone', id, provider: 'apns' });
  expect((await push.explain(id, 'ann')).outcome).toBe('notified');
  expect((await push.message(id)).counts).toMatchObject({ notified: 1, failed: 0 });
  await expect(push.explain('nothing', 'ann')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('keeps what was tried in vain, and sends it when it is replayed', async () => {
  apns.misbehave({ kind: 'answer', status: 503, body: { reason: 'ServiceUnavailable' } });
  const failed = once('failed');
  const id = await publish();
  expect(await failed).toMatchObject({ id, state: 'dead', reason: 'attempts' });
  const { body } = await call('GET', '/v1/notifications/dead');
  expect(body.notifications).toMatchObject([
    { id, user: 'ann', device: 'phone', provider: 'apns', reason: 'attempts' },
  ]);
  expect(JSON.stringify(body)).not.toContain(TOKEN);
  expect((await push.message(id)).counts).toMatchObject({ notified: 0, failed: 1 });

  const notified = once('notified');
  const named = { notifications: [{ id, user: 'ann', device: 'phone' }] };
  expect((await call('POST', '/v1/notifications/dead/replay', named)).body).toEqual({ replayed: 1 });
  expect((await notified).id).toBe(id);
  expect(apns.notifications.map(({ token }) => token)).toEqual([TOKEN]);
  expect((await call('GET', '/v1/notifications/dead')).body).toEqual({ notifications: [] });
});

it('forgets what was tried in vain when it is purged', async () => {
  apns.misbehave({ kind: 'answer', status: 503, body: { reason: 'ServiceUnavailable' } });
  const failed = once('failed');
  await publish();
  await failed;
  expect((await call('DELETE', '/v1/notifications/dead')).body).toEqual({ purged: 1 });
  expect((await call('POST', '/v1/notifications/dead/replay')).body).toEqual({ replayed: 0 });
  expect(apns.notifications).toEqual([]);
});
