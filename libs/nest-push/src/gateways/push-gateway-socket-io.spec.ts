import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { GatewayApp, type GatewayAppOptions } from './gateway-app.fixture.js';
import { PushGateway, pushGateway } from './index.js';

let app: GatewayApp;
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await app.close();
});

const adapter = (nest: INestApplication): IoAdapter => new IoAdapter(nest);
const open = async (more: Partial<GatewayAppOptions> = {}): Promise<GatewayApp> =>
  (app = await GatewayApp.open({ providers: [PushGateway], adapter, ...more }));

function client(auth: object, more: object = {}): Socket {
  const socket = io(`http://${app.address}`, {
    path: '/v1/push',
    transports: ['websocket'],
    forceNew: true,
    auth,
    ...more,
  });
  clients.push(socket);
  return socket;
}
const event = (socket: Socket, name: string): Promise<any[]> =>
  new Promise((resolve) => socket.once(name, (...args: unknown[]) => resolve(args)));

@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('say')
  say(@MessageBody() text: string): string {
    return `heard ${text}`;
  }
}

it.each([['websocket'], ['polling']])(
  'PushGateway under IoAdapter serves Socket.IO clients of the root namespace at /v1/push (%s)',
  async (transport) => {
    await open({ providers: [PushGateway, ChatGateway] });
    const phone = client({ token: 'u1', device: 'd1' }, { transports: [transport] });
    await event(phone, 'connected');
    const arrived = event(phone, 'push');
    await app.publish('u1');
    const [entry, sign] = await arrived;
    expect(entry).toMatchObject({ s: '@me', seq: 1, type: 'hello' });
    const told = app.happens('delivered');
    (sign as () => void)();
    expect(await told).toMatchObject({ user: 'u1', device: 'd1', to: 1 });

    const chat = client({}, { path: '/socket.io' });
    expect(await chat.emitWithAck('say', 'hi')).toBe('heard hi');
    expect(app.complaints).toEqual([]);
    const gone = app.happens('disconnected');
    phone.io.engine.close();
    await gone;
  },
);

it('tells its clients to go elsewhere when the application ends', async () => {
  await open();
  const phone = client({ token: 'u1', device: 'd1' });
  await event(phone, 'connected');
  const bye = event(phone, 'bye');
  await app.shutDown();
  expect((await bye)[0]).toMatchObject({ code: 3000 });
});

it('has no way in without a token, and none to another namespace', async () => {
  await open();
  const nobody = client({ device: 'd1' });
  expect(((await event(nobody, 'connect_error'))[0] as { data: object }).data).toMatchObject({ code: 'UNAUTHORIZED' });
  const elsewhere = io(`http://${app.address}/push`, { path: '/v1/push', transports: ['websocket'], forceNew: true });
  clients.push(elsewhere);
  expect(((await event(elsewhere, 'connect_error'))[0] as Error).message).toBe('Invalid namespace');
});

it('takes the options of the module: origins, checked before anything is answered, and the prefix', async () => {
  const allowedOrigins = ['https://app.example.com'];
  await open({ options: { allowedOrigins, socketio: { server: 'application', prefix: 'p.' } } });
  const handshake = (origin: string, method = 'GET') =>
    fetch(`http://${app.address}/v1/push/?EIO=4&transport=polling`, { method, headers: { Origin: origin } });
  const foreign = await handshake('https://evil.example');
  expect([foreign.status, ((await foreign.json()) as { code: string }).code]).toEqual([403, 'NOT_ALLOWED']);
  expect((await handshake('https://app.example.com', 'OPTIONS')).status).toBe(204);
  const phone = client({ token: 'u1', device: 'd1' }, { extraHeaders: { Origin: 'https://app.example.com' } });
  await event(phone, 'p.connected');
});

it('keeps no connection of a client that left the namespace', async () => {
  await open();
  const raw = new WebSocket(`ws://${app.address}/v1/push/?EIO=4&transport=websocket`);
  const packets: string[] = [];
  raw.on('message', (data: Buffer) => packets.push(data.toString()));
  await once(raw, 'message');
  raw.send('40{"token":"u1","device":"d1"}');
  await app.happens('connected');
  raw.send('41');
  await once(raw, 'close');
  expect(app.push.engine.status().connections).toBe(0);
});

it('is served by a path of its own with pushGateway', async () => {
  await open({ providers: [pushGateway({ path: '/live' })] });
  const phone = client({ token: 'u1', device: 'd1' }, { path: '/live' });
  await event(phone, 'connected');
});

it.each([['live'], [''], ['/'], ['/live?x=1'], ['/a b']])('refuses the path %j', async (path) => {
  await open();
  expect(() => pushGateway({ path })).toThrow(expect.objectContaining({ code: 'INVALID', field: 'path' }));
});

it('without a port, a server or an adapter it knows, the application does not start, and says what to do', async () => {
  const strange = { create: () => ({}), bindClientConnect: () => undefined, close: () => undefined };
  const opened = open({
    adapter: () => ({ ...strange, bindMessageHandlers: () => undefined, dispose: () => undefined }),
  });
  await expect(opened).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: expect.stringMatching(/useWebSocketAdapter\(new WsAdapter\(app\)\).*IoAdapter/),
  });
  await open();
});

it('does not start where Socket.IO would restore connections without asking', async () => {
  class Recovering extends IoAdapter {
    override createIOServer(port: number, options?: object): unknown {
      return super.createIOServer(port, { ...options, connectionStateRecovery: {} });
    }
  }
  await expect(open({ adapter: (nest) => new Recovering(nest) })).rejects.toMatchObject({
    field: 'connectionStateRecovery.skipMiddlewares',
  });
  await open();
});
