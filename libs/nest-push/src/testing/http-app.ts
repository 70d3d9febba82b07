import { Module, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import type { ApiAuthenticator } from '../http/api-authenticator.js';
import { configureHttp } from '../http/configure-http.js';
import { PushHttpModule, type PushHttpOptions } from '../http/push-http.module.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../tokens.js';
import { FakePush } from './fake-push.js';

/** `pub`, `read` and `admin` are keys of tenant `t1`; an admin key may name `t2`. */
export const keys: ApiAuthenticator = {
  async authenticate(key, tenantHeader) {
    if (key === 'pub') return { kind: 'ok', principal: { tenant: 't1', role: 'publisher' } };
    if (key === 'read') return { kind: 'ok', principal: { tenant: 't1', role: 'reader' } };
    if (key !== 'admin') return { kind: 'unauthorized' };
    const tenant = tenantHeader ?? 't1';
    if (tenant !== 't1' && tenant !== 't2') return { kind: 'not-found', what: 'tenant' };
    return { kind: 'ok', principal: { tenant, role: 'admin' } };
  },
};

export interface RunningApp {
  readonly app: INestApplication;
  readonly push: FakePush;
  readonly url: string;
  call(
    method: string,
    path: string,
    init?: { key?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** The HTTP API on a fake engine, listening on a free port. */
export async function runApp(
  options: Partial<PushHttpOptions> & {
    controllers?: ModuleMetadata['controllers'];
    before?: (app: INestApplication) => void;
    standalone?: boolean;
    allowedOrigins?: readonly string[];
  } = {},
): Promise<RunningApp> {
  const { controllers = [], before, standalone = true, allowedOrigins, ...http } = options;
  const push = new FakePush();
  class EngineModule {}
  class AppModule {}
  Module({})(EngineModule);
  Module({
    imports: [
      {
        module: EngineModule,
        global: true,
        providers: [
          { provide: PUSH, useValue: push },
          { provide: PUSH_MODULE_OPTIONS, useValue: { allowedOrigins } },
        ],
        exports: [PUSH, PUSH_MODULE_OPTIONS],
      },
      PushHttpModule.register({ apiAuthenticator: { useValue: keys }, ...http }),
    ],
    controllers,
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  if (standalone) configureHttp(app);
  before?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const url = `http://127.0.0.1:${port}`;
  return { app, push, url, call: (method, path, init) => call(url, method, path, init) };
}

async function call(
  url: string,
  method: string,
  path: string,
  init: Parameters<RunningApp['call']>[2] = {},
): Promise<Answered> {
  const { key = 'pub', body, headers = {} } = init;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body:
      body === undefined
        ? undefined
        : typeof body === 'string' || body instanceof Uint8Array
          ? (body as string)
          : JSON.stringify(body),
  });
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, text, body: parsed };
}
