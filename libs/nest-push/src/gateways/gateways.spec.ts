import { Inject, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from 'push-core';
import type { Socket as ServerSocket } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { PushModule } from '../push.module.js';
import type { PushModuleOptions } from '../push.options.js';
import { PushService } from '../push.service.js';
import { PushNamespace, PushSocketIo } from './index.js';

const authenticator = {
  authenticate: (token: string) =>
    Promise.resolve({ kind: 'valid' as const, identity: { tenant: 'default', user: token, issuedAt: Date.now() } }),
};
let app: INestApplication;
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await app.close();
});

async function start(
  providers: any[],
  options: Partial<PushModuleOptions>,
  adapter?: (app: INestApplication) => IoAdapter | WsAdapter,
): Promise<string> {
  class AppModule {}
  Module({
    imports: [
      PushModule.forRoot({ store: createMemoryStore(), authenticator, limits: { drainSpreadMs: 1 }, ...options }),
    ],
    providers,
  })(AppModule);
  app = await NestFactory.create(AppModule, { logger: false });
  if (adapter) app.useWebSocketAdapter(adapter(app));
  await app.listen(0, '127.0.0.1');
  return `127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
}

function client(address: string, auth: object = {}, more: object = {}): Socket {
  const socket = io(`http://${address}`, { auth, transports: ['websocket'], forceNew: true, ...more });
  clients.push(socket);
  return socket;
}
/** The first event of this name. */
const event = (socket: Socket, name: string): Promise<any[]> =>
  new Promise((resolve) => socket.once(name, (...args: unknown[]) => resolve(args)));
const acknowledged = (): Promise<unknown> => new Promise((resolve) => app.get(PushService).on('delivered', resolve));
const publish = (user: string) => app.get(PushService).publish({ to: { users: [user] }, type: 'hello', data: 1 });

/** What a host may have had before. */
@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('say')
  say(@MessageBody() text: string): string {
    return `heard ${text}`;
  }
}

it('PushNamespace serves the namespace /push of the application’s Socket.IO server, beside its own gateways', async () => {
  const address = await start(
    [PushSocketIo, PushNamespace, ChatGateway],
    { socketio: { server: 'application' } },
    (nest) => new IoAdapter(nest),
  );
  const push = client(`${address}/push`, { token: 'u1', device: 'd1' });
  await event(push, 'connected');
  const chat = client(address);
  expect(await chat.emitWithAck('say', 'hi')).toBe('heard hi');
  const told = acknowledged();
  const arrived = event(push, 'push');
  await publish('u1');
  const [entry, sign] = await arrived;
  expect(entry).toMatchObject({ s: '@me', seq: 1, type: 'hello' });
  (sign as () => void)();
  expect(await told).toMatchObject({ user: 'u1', to: 1 });
  const bye = event(push, 'bye');
  await app.close();
  expect((await bye)[0]).toMatchObject({ code: 3000 });
});

it('a gateway of the host attaches where it likes', async () => {
  @WebSocketGateway({ namespace: 'mine' })
  class MyGateway {
    constructor(@Inject(PushSocketIo) private readonly socketIo: PushSocketIo) {}
    afterInit(server: unknown): void {
      this.socketIo.attach(server, { allowedOrigins: ['https://app.example.com'] });
    }
    @SubscribeMessage('say')
    say(@MessageBody() text: string): string {
      return `heard ${text}`;
    }
  }
  const address = await start([PushSocketIo, MyGateway], {}, (nest) => new IoAdapter(nest));
  const page = client(
    `${address}/mine`,
    { token: 'u1', device: 'd1' },
    { extraHeaders: { Origin: 'https://evil.example' } },
  );
  expect(((await event(page, 'connect_error'))[0] as { data: object }).data).toMatchObject({ code: 'NOT_ALLOWED' });
  const mine = client(`${address}/mine`, { token: 'u1', device: 'd1' });
  await event(mine, 'connected');
  expect(await mine.emitWithAck('say', 'hi')).toBe('heard hi');
});

it('PushNamespace is for the origins of the module, where Socket.IO is given none of its own', async () => {
  const address = await start(
    [PushSocketIo, PushNamespace],
    { allowedOrigins: ['https://app.example.com'] },
    (nest) => new IoAdapter(nest),
  );
  const auth = { token: 'u1', device: 'd1' };
  const foreign = client(`${address}/push`, auth, { extraHeaders: { Origin: `http://${address}` } });
  expect(((await event(foreign, 'connect_error'))[0] as { data: object }).data).toMatchObject({ code: 'NOT_ALLOWED' });
  const own = client(`${address}/push`, auth, { extraHeaders: { Origin: 'https://app.example.com' } });
  await event(own, 'connected');
});

it('an application does not start with a PushNamespace that cannot be served', async () => {
  const recovering = class extends IoAdapter {
    override createIOServer(port: number, options?: object): unknown {
      return super.createIOServer(port, { ...options, connectionStateRecovery: {} });
    }
  };
  await expect(start([PushSocketIo, PushNamespace], {}, (nest) => new recovering(nest))).rejects.toMatchObject({
    code: 'INVALID',
    field: 'connectionStateRecovery.skipMiddlewares',
  });
});

it('says what is missing where the application’s adapter is another one', async () => {
  class Bad {
    constructor(readonly socketIo: PushSocketIo) {
      socketIo.attach({});
    }
  }
  Inject(PushSocketIo)(Bad, undefined as never, 0);
  await expect(
    (async () => {
      class AppModule {}
      Module({ imports: [PushModule.forRoot({ store: createMemoryStore() })], providers: [PushSocketIo, Bad] })(
        AppModule,
      );
      app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    })(),
  ).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  await start([], {});
});

it('an application without an adapter gets a Socket.IO server of ours, beside the WebSocket', async () => {
  const address = await start([], { socketio: { path: '/v1/socket.io', namespace: '/' } });
  const push = client(address, { token: 'u1', device: 'd1' }, { path: '/v1/socket.io' });
  await event(push, 'connected');
  const socket = new WebSocket(`ws://${address}/v1/ws`, 'push.v1.json');
  await once(socket, 'open');
  socket.send('{"op":"connect","token":"u1","device":"d2"}');
  expect(((await once(socket, 'message')) as [Buffer])[0].toString()).toContain('"op":"connected"');
  const arrived = event(push, 'push');
  await publish('u1');
  expect((await arrived)[0]).toMatchObject({ seq: 1 });
  const closed = once(socket, 'close');
  await app.close();
  await closed;
});

it('PushService.accept takes over a socket of a Socket.IO gateway', async () => {
  @WebSocketGateway()
  class Gateway extends ChatGateway {
    constructor(@Inject(PushService) private readonly push: PushService) {
      super();
    }
    handleConnection(socket: ServerSocket): void {
      this.push.accept(socket, { user: 'u1', issuedAt: Date.now() }, { device: 'd1' });
    }
    @SubscribeMessage('say')
    override say(@MessageBody() text: string): string {
      return super.say(text);
    }
  }
  const address = await start([Gateway], {}, (nest) => new IoAdapter(nest));
  const socket = client(address);
  await event(socket, 'push.connected');
  expect(await socket.emitWithAck('say', 'hi')).toBe('heard hi');
  const arrived = event(socket, 'push');
  await publish('u1');
  const told = acknowledged();
  ((await arrived)[1] as () => void)();
  expect(await told).toMatchObject({ user: 'u1', device: 'd1', to: 1 });
});

it('PushService.accept takes over a socket of a WsAdapter gateway, in its envelopes', async () => {
  @WebSocketGateway({ path: '/chat' })
  class Gateway {
    constructor(@Inject(PushService) private readonly push: PushService) {}
    handleConnection(socket: WebSocket): void {
      this.push.accept(socket, { user: 'u1', issuedAt: Date.now() }, { device: 'd1', envelope: 'event' });
    }
    @SubscribeMessage('say')
    say(@MessageBody() text: string): object {
      return { event: 'said', data: text };
    }
  }
  const address = await start([Gateway], {}, (nest) => new WsAdapter(nest));
  const socket = new WebSocket(`ws://${address}/chat`);
  const messages: any[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()));
    wake();
  });
  const next = async (): Promise<any> => {
    while (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return messages.shift();
  };
  expect(await next()).toMatchObject({ event: 'push.connected' });
  socket.send('{"event":"say","data":"hi"}');
  expect(await next()).toEqual({ event: 'said', data: 'hi' });
  await publish('u1');
  expect(await next()).toMatchObject({ event: 'push', data: { s: '@me', seq: 1 } });
  const told = acknowledged();
  socket.send('{"event":"push.ack","data":{"s":"@me","seq":1}}');
  expect(await told).toMatchObject({ user: 'u1', device: 'd1', to: 1 });
  socket.close();
});
