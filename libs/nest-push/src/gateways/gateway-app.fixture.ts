import {
  Module,
  type INestApplication,
  type LoggerService,
  type Provider,
  type WebSocketAdapter,
} from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, type Authenticator, type PushEventName, type PushEvents } from 'push-core';
import type { ServerFrame } from 'push-core/wire';
import { WebSocket, type ClientOptions } from 'ws';
import { PushModule } from '../push.module.js';
import type { PushModuleOptions } from '../push.options.js';
import { PushService } from '../push.service.js';

export interface GatewayAppOptions {
  readonly providers: Provider[];
  readonly options?: Partial<PushModuleOptions>;
  /** Makes the WebSocket adapter; none: the application sets none. */
  readonly adapter?: (app: INestApplication) => object;
  readonly http?: AbstractHttpAdapter;
  /** Before it starts. */
  readonly prepare?: (app: INestApplication) => void;
}

/** An application with `PushModule` on a port of its own; a client's token is its user. */
export class GatewayApp {
  /** What it logged as a warning or an error. */
  readonly complaints: unknown[] = [];
  /** Tokens that were looked at. */
  readonly tokens: string[] = [];
  private readonly sockets: WebSocket[] = [];
  private nest!: INestApplication;
  address = '';

  static async open(options: GatewayAppOptions): Promise<GatewayApp> {
    const app = new GatewayApp();
    await app.start(options);
    return app;
  }

  private async start({ providers, options, adapter, http, prepare }: GatewayAppOptions): Promise<void> {
    class AppModule {}
    const { authenticator } = this;
    const limits = { drainSpreadMs: 1, ...options?.limits };
    const imports = [PushModule.forRoot({ store: createMemoryStore(), authenticator, ...options, limits })];
    Module({ imports, providers })(AppModule);
    const { logger } = this;
    this.nest = await NestFactory.create(AppModule, http ?? new ExpressAdapter(), { logger, abortOnError: false });
    if (adapter) this.nest.useWebSocketAdapter(adapter(this.nest) as WebSocketAdapter);
    prepare?.(this.nest);
    await this.nest.listen(0, '127.0.0.1');
    this.address = `127.0.0.1:${(this.nest.getHttpServer() as { address(): AddressInfo }).address().port}`;
  }

  private readonly authenticator: Authenticator = {
    authenticate: async (token: string) => {
      this.tokens.push(token);
      return { kind: 'valid' as const, identity: { tenant: 'default', user: token, issuedAt: Date.now() } };
    },
  };

  private readonly logger: LoggerService = {
    log: () => undefined,
    warn: (...said: unknown[]) => void this.complaints.push(said),
    error: (...said: unknown[]) => void this.complaints.push(said),
    fatal: (...said: unknown[]) => void this.complaints.push(said),
  };

  get push(): PushService {
    return this.nest.get(PushService);
  }

  publish(user: string, data: unknown = 1): Promise<unknown> {
    return this.push.publish({ to: { users: [user] }, type: 'hello', data });
  }

  /** The first event of this name from now on. */
  happens<K extends PushEventName>(name: K): Promise<PushEvents[K]> {
    return new Promise((resolve) => {
      const stop = this.push.on(name, (event) => {
        stop();
        resolve(event);
      });
    });
  }

  socket(path: string, options?: ClientOptions, protocols: string | string[] = 'push.v1.json'): FrameSocket {
    const socket = new WebSocket(`ws://${this.address}${path}`, protocols, { perMessageDeflate: false, ...options });
    this.sockets.push(socket);
    return new FrameSocket(socket);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await this.nest.close();
  }

  /** As an operator does: clients are told. */
  shutDown(): Promise<void> {
    return this.nest.close();
  }
}

/** A client of `push.v1.json`, frame by frame. */
export class FrameSocket {
  /** Received and not asked for yet. */
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private wake = (): void => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('error', () => undefined);
    socket.on('message', (text: Buffer) => {
      for (const line of text.toString().split('\n')) this.frames.push(JSON.parse(line) as ServerFrame);
      this.wake();
    });
    this.closed = new Promise((resolve) =>
      socket.once('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() })),
    );
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    return this;
  }

  async connected(token: string, device = 'd1'): Promise<ServerFrame> {
    await this.opened();
    this.send({ op: 'connect', token, device });
    return this.next('connected');
  }

  send(...frames: object[]): void {
    this.socket.send(frames.map((frame) => JSON.stringify(frame)).join('\n'));
  }

  /** The next frame with this `op`; what came before it is let go. */
  async next(op: ServerFrame['op']): Promise<ServerFrame> {
    for (;;) {
      while (this.frames.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
      const frame = this.frames.shift();
      if (frame?.op === op) return frame;
    }
  }
}
