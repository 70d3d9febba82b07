import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createJwtTokens, PushModule, PushService, type PushModuleOptions } from 'nest-push';
import { configureHttp, PushHttpModule, type ApiAuthenticator, type PushHttpOptions } from 'nest-push/http';
import { createMemoryStore, type Push } from 'push-core';
import { attachMqttWebSocket } from 'push-core/mqtt';
import { createSocketIoServer } from 'push-core/socketio';

/** Of the tokens of each tenant; a test may forge with them. */
export const SECRETS: Readonly<Record<string, Uint8Array>> = {
  default: new Uint8Array(32).fill(7),
  other: new Uint8Array(32).fill(8),
};
/** Of tenant `default`, and of tenant `other`: with every right inside their tenant. */
export const API_KEY = 'key-of-default';
export const OTHER_KEY = 'key-of-other';

const apiAuthenticator: ApiAuthenticator = {
  async authenticate(key) {
    if (key === API_KEY) return { kind: 'ok', principal: { tenant: 'default', role: 'admin' } };
    if (key === OTHER_KEY) return { kind: 'ok', principal: { tenant: 'other', role: 'admin' } };
    return { kind: 'unauthorized' };
  },
};

export interface WorldOptions extends Partial<PushModuleOptions> {
  allowedOrigins?: readonly string[];
  http?: Partial<PushHttpOptions>;
}
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: any;
}
export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Of an API key or a client; default none. */
  bearer?: string;
}

/** An application with every way in, from the sources: WebSocket, SSE, poll, Socket.IO, MQTT over WebSocket, the API. */
export class World {
  private constructor(
    readonly server: Server,
    readonly push: Push,
    private readonly tokens: ReturnType<typeof createJwtTokens>,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start({ allowedOrigins = [], http = {}, ...engine }: WorldOptions = {}): Promise<World> {
    const tokens = createJwtTokens({ secretOf: async (tenant) => SECRETS[tenant] });
    const store = engine.store ?? createMemoryStore();

    @Module({
      imports: [
        PushModule.forRoot({
          authenticator: tokens,
          drainTimeoutMs: 2_000,
          ...engine,
          store,
          websocket: { allowedOrigins },
        }),
        PushHttpModule.register({
          apiAuthenticator: { useValue: apiAuthenticator },
          tokenIssuer: { useValue: tokens },
          metrics: { store },
          ...http,
        }),
      ],
    })
    class HostModule {}

    const app = await NestFactory.create(HostModule, { logger: ['fatal', 'error'], bodyParser: false });
    configureHttp(app);
    await app.init();
    const server = app.getHttpServer() as Server;
    const push = app.get(PushService).engine;
    const socketIo = await createSocketIoServer(server, push, { allowedOrigins });
    const mqtt = await attachMqttWebSocket(server, push, { allowedOrigins });
    await app.listen(0, '127.0.0.1');
    return new World(server, push, tokens, async () => {
      await socketIo.close();
      await mqtt.close();
      server.closeAllConnections();
      await app.close();
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get socketUrl(): string {
    return `ws://127.0.0.1:${this.port}/v1/ws`;
  }

  async token(
    user: string,
    { tenant = 'default', ...more }: { tenant?: string; device?: string; ttl?: number; topics?: string[] } = {},
  ): Promise<string> {
    return (await this.tokens.issue(tenant, { user, ...more })).token;
  }

  publish(user: string, data: unknown, tenant = 'default'): Promise<{ id: string }> {
    return this.push.publish(tenant, { to: { users: [user] }, type: 'x', data });
  }

  async call(method: string, route: string, { body, headers, bearer }: CallOptions = {}): Promise<Answer> {
    const answer = await fetch(this.url + route, {
      method,
      headers: {
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }

  close(): Promise<void> {
    return this.stop();
  }
}
