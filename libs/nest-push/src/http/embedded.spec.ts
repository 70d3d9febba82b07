import { Body, Controller, Get, Injectable, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { FakePush } from '../fixtures/fake-push.fixture.js';
import { keys, runApp, type RunningApp } from '../fixtures/http-app.fixture.js';
import { PUSH } from '../tokens.js';
import type { ApiAuthenticator } from './api-authenticator.js';
import type { Operation } from './operation.js';
import { PushHttpModule } from './push-http.module.js';
import { PushController, Route } from './route.js';

@Controller('host')
class HostController {
  @Get()
  hello(): string {
    return 'hello';
  }
  @Post()
  echo(@Body() body: object): object {
    return body;
  }
}

describe('inside a host with routes of its own', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await runApp({
      standalone: false,
      controllers: [HostController],
      before: (app) => void app.setGlobalPrefix('api'),
    });
  });
  afterAll(() => running.app.close());

  it('answers behind the global prefix, with problems of its own', async () => {
    const publish = { to: { users: ['u1'] }, type: 'x', data: 'x'.repeat(60_000) };
    expect((await running.call('POST', '/api/v1/messages', { body: publish })).status).toBe(202);
    expect((await running.call('POST', '/api/v1/messages', { body: '{' })).body).toMatchObject({
      code: 'INVALID',
      field: 'body',
    });
    expect((await running.call('DELETE', '/api/v1/messages')).body).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
    expect((await running.call('GET', '/api/openapi.json')).body.servers).toEqual([{ url: '/api' }]);
  });

  it('takes bodies beyond the limit of the host body parser', async () => {
    const messages = Array.from({ length: 10 }, () => ({ to: { users: ['u1'] }, type: 'x', data: 'x'.repeat(60_000) }));
    expect((await running.call('POST', '/api/v1/messages/batch', { body: { messages } })).status).toBe(202);
  });

  it("leaves the host's routes, bodies and errors as they were", async () => {
    expect((await running.call('GET', '/api/host', { key: '' })).text).toBe('hello');
    expect((await running.call('POST', '/api/host', { key: '', body: { a: 1 } })).body).toEqual({ a: 1 });
    expect((await running.call('POST', '/api/host', { key: '', body: '{' })).body).toMatchObject({ statusCode: 400 });
    expect((await running.call('GET', '/nothing', { key: '' })).body).toMatchObject({
      statusCode: 404,
      error: 'Not Found',
    });
    expect((await running.call('GET', '/v1/messages/m1')).body).toMatchObject({ statusCode: 404, error: 'Not Found' });
  });
});

@Injectable()
class KeysFromModule {
  readonly port: ApiAuthenticator = keys;
}
@Module({ providers: [KeysFromModule], exports: [KeysFromModule] })
class KeysModule {}

it('takes its ports from the modules it is given', async () => {
  const { app, call } = await runApp({
    imports: [KeysModule],
    apiAuthenticator: { useFactory: (one: KeysFromModule) => one.port, inject: [KeysFromModule] },
  });
  expect((await call('GET', '/v1/users/u/inbox')).status).toBe(200);
  expect((await call('POST', '/v1/tokens', { body: { user: 'u' } })).body).toMatchObject({
    code: 'NOT_SUPPORTED',
    status: 422,
  });
  await app.close();
});

const tenantsOperation: Operation = {
  id: 'tenants',
  method: 'GET',
  path: '/v1/tenants',
  tag: 'tenants',
  summary: 'All tenants',
  access: 'admin',
  answer: { status: 200, description: 'The tenants' },
};

@PushController()
class TenantsController {
  @Route(tenantsOperation)
  list(): object {
    return { tenants: [] };
  }
}

it("guards and documents a host's own calls like its own", async () => {
  const { app, call } = await runApp({ controllers: [TenantsController], operations: [tenantsOperation] });
  expect((await call('GET', '/v1/tenants', { key: 'admin' })).status).toBe(200);
  expect((await call('GET', '/v1/tenants', { key: 'pub' })).body.code).toBe('NOT_ALLOWED');
  expect((await call('POST', '/v1/tenants', { key: 'admin' })).body.code).toBe('METHOD_NOT_ALLOWED');
  expect((await call('GET', '/openapi.json')).body.paths).toHaveProperty('/v1/tenants');
  await app.close();
});

it('works in a testing module, where the body parser comes first', async () => {
  class EngineModule {}
  const engine = {
    module: EngineModule,
    global: true,
    providers: [{ provide: PUSH, useValue: new FakePush() }],
    exports: [PUSH],
  };
  const module = await Test.createTestingModule({
    imports: [engine, PushHttpModule.register({ apiAuthenticator: { useValue: keys } })],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}/v1/messages`;
  const post = async (body: string) => {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer pub', 'content-type': 'application/json' },
    });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };
  expect(await post('{"to":{"users":["u"]},"type":"x"}')).toEqual([202, undefined]);
  expect(await post('{"to":{}}')).toEqual([400, 'INVALID']);
  expect(await post(`{"data":${'['.repeat(200)}${']'.repeat(200)}}`)).toEqual([400, 'INVALID']);
  await app.close();
});
