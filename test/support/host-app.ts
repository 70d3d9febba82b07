import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PushModule, PushService, createJwtTokens, type PushModuleOptions } from 'nest-push';
import { createMemoryStore } from 'push-core';

const SECRET = new Uint8Array(32).fill(7);

export interface HostApp {
  socketUrl: string;
  push: PushService;
  token(user: string, more?: { device?: string; ttl?: number; topics?: string[] }): Promise<string>;
  close(): Promise<void>;
}

/** A small backend that embeds the library, for what the standalone server has no variable for: retention, hooks, limits. */
export async function startHost(options: Partial<PushModuleOptions> = {}): Promise<HostApp> {
  const tokens = createJwtTokens({ secretOf: async (tenant) => (tenant === 'default' ? SECRET : undefined) });

  @Module({
    imports: [
      PushModule.forRoot({ store: createMemoryStore(), authenticator: tokens, drainTimeoutMs: 2_000, ...options }),
    ],
  })
  class HostModule {}

  const app = await NestFactory.create(HostModule, { logger: ['fatal', 'error'] });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return {
    socketUrl: `ws://127.0.0.1:${port}/v1/ws`,
    push: app.get(PushService),
    token: async (user, more = {}) => (await tokens.issue('default', { user, ...more })).token,
    close: () => app.close(),
  };
}
