import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { createPush } from '../../create-push.js';
import type { Push } from '../../push.js';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import { adopt } from './adopt.js';
import type { Adoption } from './adoption.js';

const identity = { tenant: 't', user: 'u1', issuedAt: Date.now() };
let push: Push;
let http: HttpServer;
let port: number;
let sockets: WebSocketServer | undefined;
const ends: (() => void)[] = [];

beforeEach(async () => {
  push = createPush({ store: createMemoryStore({ epoch: 'e1' }) });
  await push.start();
  http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
});
afterEach(async () => {
  await push.close();
  for (const end of ends.splice(0)) end();
  for (const socket of sockets?.clients ?? []) socket.terminate();
  sockets = undefined;
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const publish = (data: unknown) => push.publish('t', { to: { users: ['u1'] }, type: 'x', data });
const acknowledged = (to: number): Promise<void> =>
  new Promise((resolve) => push.on('delivered', (event) => event.to >= to && resolve()));

/** What arrives, handed out one by one. */
function inbox() {
  const items: any[] = [];
  let wake = (): void => undefined;
  const put = (item: unknown): void => {
    items.push(item);
    wake();
  };
  const next = async (): Promise<any> => {
    while (items.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return items.shift();
  };
  return { put, next, items };
}

/** A host that echoes every message, and hands each connection over. */
async function webSocketHost(options: object = {}) {
  const server = (sockets ??= new WebSocketServer({ server: http }));
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const { put, next, items } = inbox();
  client.on('message', (data: Buffer) => put(JSON.parse(data.toString())));
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  const before = socket.eventNames().map((name) => [name, socket.listenerCount(name)]);
  const adoption: Adoption = adopt(push, socket, { identity, device: 'd1', ...options });
  const say = (message: unknown): void => client.send(JSON.stringify(message));
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
  return { client, socket, next, items, say, heard, adoption, before };
}

describe('a WebSocket of the host', () => {
  it('carries our frames beside the host’s messages, which are neither answered nor disturbed', async () => {
    const { next, say, heard, socket, client } = await webSocketHost();
    expect(await next()).toMatchObject({ op: 'connected', streams: { '@me': { from: 0 } } });
    say({ event: 'say', data: 'hello' });
    say({ op: 'dance' });
    client.send('not json');
    client.send(Buffer.from([1, 2, 3]));
    socket.send('{"host":"own"}');
    expect(await next()).toEqual({ host: 'own' });
    await publish(1);
    expect(await next()).toMatchObject({ op: 'push', s: '@me', seq: 1, data: 1 });
    const told = acknowledged(1);
    say({ op: 'ack', s: '@me', seq: 1 });
    await told;
    say({ op: 'ping' });
    expect(await next()).toEqual({ op: 'pong' });
    expect(heard).toHaveLength(6);
  });

  it('speaks in envelopes where asked to', async () => {
    const { next, say } = await webSocketHost({ envelope: 'event' });
    expect(await next()).toMatchObject({ event: 'push.connected', data: { op: 'connected' } });
    await publish(1);
    expect(await next()).toMatchObject({ event: 'push', data: { s: '@me', seq: 1, data: 1 } });
    const told = acknowledged(1);
    say({ op: 'ack', s: '@me', seq: 9 });
    say({ event: 'push.ack', data: { s: '@me', seq: 1 } });
    await told;
    say({ event: 'push.follow', data: { s: 'secret', id: 4 } });
    expect(await next()).toMatchObject({ event: 'push.error', data: { code: 'NOT_ALLOWED', id: 4 } });
  });

  it('is given back whole: nothing of ours listens, the device is gone', async () => {
    const { next, adoption, socket, client, before } = await webSocketHost();
    await next();
    const gone = new Promise((resolve) => push.on('disconnected', resolve));
    adoption.end();
    await gone;
    expect(socket.eventNames().map((name) => [name, socket.listenerCount(name)])).toEqual(before);
    await publish(1);
    socket.send('{"still":"open"}');
    expect(await next()).toEqual({ still: 'open' });
    expect(client.readyState).toBe(WebSocket.OPEN);
    adoption.end();
    client.close();
  });

  it('is closed with our reason when the engine ends the link, or kept where the host says so', async () => {
    const { next, client } = await webSocketHost();
    await next();
    const closed = once(client, 'close');
    await push.disconnect('t', 'u1');
    expect(await next()).toMatchObject({ op: 'bye', code: 3502 });
    expect((await closed)[0]).toBe(3502);

    const other = { ...identity, user: 'u2' };
    const kept = await webSocketHost({ atEnd: 'keep', identity: other });
    await kept.next();
    const gone = new Promise((resolve) => push.on('disconnected', resolve));
    await push.disconnect('t', 'u2');
    await gone;
    expect(await kept.next()).toMatchObject({ op: 'bye' });
    kept.socket.send('{"still":"open"}');
    expect(await kept.next()).toEqual({ still: 'open' });
    kept.client.close();
  });

  it('gets what it did not acknowledge on its next connection', async () => {
    const { next, client } = await webSocketHost();
    await next();
    await publish(1);
    await next();
    const gone = new Promise((resolve) => push.on('disconnected', resolve));
    client.terminate();
    await gone;
    const again = await webSocketHost();
    expect(await again.next()).toMatchObject({ op: 'connected' });
    expect(await again.next()).toMatchObject({ op: 'push', seq: 1 });
  });
});

describe('a Socket.IO socket of the host', () => {
  async function host(options: object = {}) {
    const server = new Server(http);
    const { put, next } = inbox();
    const client: Socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
    ends.push(
      () => client.disconnect(),
      () => void server.close(),
    );
    client.onAny((event: string, value: unknown, answer?: () => void) => put({ event, value, answer }));
    const socket = await new Promise<import('socket.io').Socket>((resolve) => server.on('connection', resolve));
    socket.on('read', (page: number, answer: (text: string) => void) => answer(`page ${page}`));
    const before = socket.eventNames().map((name) => [name, socket.listenerCount(name)]);
    const adoption = adopt(push, socket, { identity, device: 'd1', ...options });
    return { client, socket, next, adoption, before };
  }

  it('carries `push` with an acknowledgement beside the host’s events, even those called like ours', async () => {
    const { client, socket, next } = await host();
    expect(await next()).toMatchObject({ event: 'push.connected' });
    expect(await client.emitWithAck('read', 7)).toBe('page 7');
    client.emit('whatever', Buffer.from([1]));
    socket.emit('host', 1);
    expect(await next()).toMatchObject({ event: 'host', value: 1 });
    await publish(1);
    const { event, value, answer } = await next();
    expect([event, value]).toMatchObject(['push', { s: '@me', seq: 1 }]);
    const told = acknowledged(1);
    answer();
    await told;
    expect(await client.emitWithAck('push.read', { s: '@me', seq: 1 })).toEqual({ ok: true, unread: 0 });
  });

  it('is given back whole', async () => {
    const { socket, next, adoption, before, client } = await host();
    await next();
    const hidden = () => [(socket as any)._anyListeners.length, (socket as any).acks.size];
    await publish(1);
    await next();
    expect(hidden()).toEqual([1, 1]);
    adoption.end();
    expect(socket.eventNames().map((name) => [name, socket.listenerCount(name)])).toEqual(before);
    expect(hidden()).toEqual([0, 0]);
    expect(await client.emitWithAck('read', 7)).toBe('page 7');
  });
});

it('refuses what it does not know', () => {
  expect(() => adopt(push, {}, { identity, device: 'd1' })).toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }));
});

it.each<[string, object]>([
  ['device', {}],
  ['device', { device: 'a b' }],
  ['device', { device: 'x'.repeat(129) }],
  ['device', { device: 5 }],
  ['device', { device: {} }],
  ['resume', { device: 'd1', resume: 5 }],
  ['window', { device: 'd1', window: 'many' }],
  ['window', { device: 'd1', window: 1_000_000 }],
  ['follow', { device: 'd1', follow: ['a b'] }],
])(
  'answers a wrong %s of the client with an error, and closes; nothing is thrown into the host',
  async (field, options) => {
    const sent: string[] = [];
    const closed = new Promise<number>((resolve) => {
      const socket = {
        ...{ readyState: 1, bufferedAmount: 0, ping: () => undefined },
        send: (data: Buffer, _options: unknown, done: () => void) => (sent.push(data.toString()), done()),
        close: resolve,
        ...{ on: () => undefined, off: () => undefined },
      };
      adopt(push, socket, { identity, ...options });
    });
    expect(await closed).toBe(3503);
    expect(JSON.parse(sent[0] as string)).toMatchObject({
      op: 'error',
      code: 'INVALID',
      message: expect.stringContaining(field),
    });
  },
);
