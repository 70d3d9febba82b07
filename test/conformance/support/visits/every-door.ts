import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createJwtTokens, PushModule, PushService } from 'nest-push';
import { configureHttp, PushHttpModule, type ApiAuthenticator } from 'nest-push/http';
import { createTypeOrmStore } from 'nest-push/typeorm';
import type { Push } from 'push-core';
import { freePort } from '../../../support/server.js';

const SECRET = new Uint8Array(32).fill(7);
const TENANT = 'default';

/** An application with everything open: HTTP API, WebSocket, SSE, poll, Socket.IO and MQTT, on SQLite. */
export interface EveryDoor {
  readonly url: string;
  readonly mqttPort: number;
  readonly apiKey: string;
  readonly push: Push;
  token(user: string, device: string): Promise<string>;
  close(): Promise<void>;
}

/** `origin`: of the page that may connect. */
export async function openEveryDoor(origin: string): Promise<EveryDoor> {
  const tokens = createJwtTokens({ secretOf: async () => SECRET });
  const apiKey = 'a-key-of-the-backend';
  const keys: ApiAuthenticator = {
    authenticate: async (key) =>
      key === apiKey ? { kind: 'ok', principal: { tenant: TENANT, role: 'publisher' } } : { kind: 'unauthorized' },
  };
  const dir = mkdtempSync(path.join(tmpdir(), 'push-every-door-'));
  const mqttPort = await freePort();

  @Module({
    imports: [
      PushModule.forRoot({
        store: createTypeOrmStore({ url: `sqlite:${path.join(dir, 'push.db')}` }),
        authenticator: tokens,
        drainTimeoutMs: 2_000,
        allowedOrigins: [origin],
        mqtt: { port: mqttPort },
        socketio: {},
        limits: { cursorFlushMs: 50 },
      }),
      PushHttpModule.register({ apiAuthenticator: { useValue: keys } }),
    ],
  })
  class EveryDoorModule {}

  const app = await NestFactory.create(EveryDoorModule, { logger: ['fatal', 'error'] });
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    mqttPort,
    apiKey,
    push: app.get(PushService).engine,
    token: async (user, device) => (await tokens.issue(TENANT, { user, device })).token,
    async close() {
      await app.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
