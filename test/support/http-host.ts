import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createJwtTokens, PushModule, PushService, type PushModuleOptions } from 'nest-push';
import { configureHttp, PushHttpModule } from 'nest-push/http';
import { createMemoryStore, type Push } from 'push-core';
import { CountingClock } from './counting-clock.js';

const SECRET = new Uint8Array(32).fill(7);

export interface HttpHost {
  url: string;
  port: number;
  push: Push;
  clock: CountingClock;
  token(user: string): Promise<string>;
  /** TCP connections of the server. */
  sockets(): Promise<number>;
  close(): Promise<void>;
}

/** The library with its HTTP API in an application of this process, for what only its inside can tell. */
export async function startHttpHost(options: Partial<PushModuleOptions> = {}): Promise<HttpHost> {
  const clock = new CountingClock();
  const tokens = createJwtTokens({ secretOf: async () => SECRET, now: () => clock.now() });

  @Module({
    imports: [
      PushModule.forRoot({
        store: createMemoryStore(),
        authenticator: tokens,
        drainTimeoutMs: 2_000,
        clock,
        ...options,
      }),
      PushHttpModule.register({
        apiAuthenticator: { useValue: { authenticate: async () => ({ kind: 'unauthorized' }) } },
      }),
    ],
  })
  class HttpHostModule {}

  const app = await NestFactory.create(HttpHostModule, { logger: ['fatal', 'error'] });
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    push: app.get(PushService).engine,
    clock,
    token: async (user) => (await tokens.issue('default', { user })).token,
    sockets: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: () => app.close(),
  };
}
