import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, createPush, type Identity, type Push, type PushOptions } from 'push-core';
import {
  attachSocketIo,
  createSocketIoServer,
  type SocketIoOptions,
  type SocketIoServerOptions,
} from 'push-core/socketio';
import type { Server } from 'socket.io';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { PushFrame } from 'push-core/wire';
import { eventually } from './eventually.js';

export interface Got {
  event: string;
  value: any;
  answer?: (...args: unknown[]) => void;
}

/** An engine whose tokens are `<user>` or `<user>:<device>`, behind a Socket.IO server of its own. */
export class SocketIoWorld {
  readonly clients: Socket[] = [];

  private constructor(
    readonly push: Push,
    readonly http: HttpServer,
    readonly url: string,
    /** Users whose tokens are refused from now on. */
    readonly revoked: Set<string>,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(
    options: Partial<PushOptions> & { server?: SocketIoServerOptions } = {},
    serve: (http: HttpServer, push: Push) => Promise<{ close(): Promise<void> }> = (http, push) =>
      createSocketIoServer(http, push, options.server),
  ): Promise<SocketIoWorld> {
    const revoked = new Set<string>();
    const { server: _server, ...engine } = options;
    const push = createPush({
      store: createMemoryStore({ epoch: 'e1' }),
      authenticator: {
        authenticate: (token) => {
          const [user = '', device] = token.split(':');
          if (user === 'bad') return Promise.resolve({ kind: 'invalid' });
          if (revoked.has(user)) return Promise.resolve({ kind: 'invalid' });
          const identity: Identity = { tenant: 't', user, device, issuedAt: Date.now(), topics: ['news'] };
          return Promise.resolve({ kind: 'valid', identity });
        },
      },
      ...engine,
    });
    await push.start();
    const http = createServer((_, response) => response.writeHead(404).end());
    const served = await serve(http, push);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    return new SocketIoWorld(push, http, `http://127.0.0.1:${port}`, revoked, async () => {
      await served.close();
      const gone = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await gone;
    });
  }

  /** A client of the namespace; connects at once. */
  client(
    auth: Record<string, unknown> | undefined,
    options: Partial<ManagerOptions & SocketOptions> & { namespace?: string } = {},
  ): Client {
    const { namespace = '/push', ...more } = options;
    const socket = io(`${this.url}${namespace}`, {
      auth,
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 5,
      reconnectionDelayMax: 10,
      ...more,
    });
    this.clients.push(socket);
    return new Client(socket);
  }

  publish(user: string, data: unknown, more: object = {}): Promise<unknown> {
    return this.push.publish('t', { to: { users: [user] }, type: 'x', data, ...more });
  }

  async close(): Promise<void> {
    const open = this.clients.filter((client) => client.connected).length;
    for (const client of this.clients) client.disconnect();
    // A poller says good-bye with its next request; cut off before, it would be waited for.
    if (open > 0) await eventually(() => this.push.status().connections === 0, 1000).catch(() => undefined);
    await this.push.close();
    await this.stop();
  }
}

/** On a Socket.IO server of the host's: the host closes it. */
export function attachToHost(server: Server, push: Push, options?: SocketIoOptions): { close(): Promise<void> } {
  const attached = attachSocketIo(server, push, options);
  return {
    close: async () => {
      await attached.close();
      server.engine.close();
    },
  };
}

/** What a client saw. Acknowledges only when told to. */
export class Client {
  readonly got: Got[] = [];
  readonly errors: (Error & { data?: any })[] = [];
  readonly ends: string[] = [];
  /** Calls the callback of each push at once. */
  acknowledges = false;

  constructor(readonly socket: Socket) {
    socket.onAny((event: string, value: unknown, answer?: (...args: unknown[]) => void) => {
      this.got.push({ event, value, answer });
      if (event === 'push' && this.acknowledges) answer?.();
    });
    socket.on('connect_error', (error) => this.errors.push(error));
    socket.on('disconnect', (reason) => this.ends.push(reason));
  }

  of(event: string): any[] {
    return this.got.filter((one) => one.event === event).map((one) => one.value as unknown);
  }
  get seqs(): number[] {
    return (this.of('push') as PushFrame[]).map(({ seq }) => seq);
  }
  /** The first event of this name, old or new. */
  async until(event: string, count = 1): Promise<any> {
    await eventually(() => this.of(event).length >= count);
    return this.of(event)[count - 1];
  }
  async refused(): Promise<Error & { data?: any }> {
    await eventually(() => this.errors.length > 0);
    return this.errors[0] as Error & { data?: any };
  }
  /** Calls the callback of the latest copy of this entry. */
  sign(seq: number): void {
    const copies = this.got.filter((one) => one.event === 'push' && (one.value as PushFrame).seq === seq);
    copies.at(-1)?.answer?.();
  }
  ask(event: string, value: unknown): Promise<any> {
    return this.socket.timeout(10_000).emitWithAck(event, value);
  }
}
