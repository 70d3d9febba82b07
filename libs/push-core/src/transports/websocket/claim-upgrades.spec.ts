import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { createPush } from '../../create-push.js';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { attachWebSocket } from './attach.js';

let server: Server;
const clients: WebSocket[] = [];
const doors: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  for (const door of doors.splice(0)) await door.close();
  await new Promise((resolve) => server.close(resolve));
});

async function listen(...listeners: ((server: Server) => void)[]): Promise<void> {
  server = createServer((_, response) => response.end('a page'));
  for (const add of listeners) add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}
const port = (): number => (server.address() as AddressInfo).port;
const attach = (path?: string) => (to: Server) =>
  void doors.push(attachWebSocket(to, createPush({ store: createMemoryStore() }), { path }));

/** Ends what it does not know, as WsAdapter and the manual of `ws` have it. */
const neighbour = (to: Server): void => {
  const sockets = new WebSocketServer({ noServer: true });
  to.on('upgrade', (request: IncomingMessage, tcp: Duplex, head: Buffer) => {
    if (request.url === '/chat') sockets.handleUpgrade(request, tcp, head, (socket) => socket.send('hello'));
    else tcp.destroy();
  });
};

function client(path: string): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port()}${path}`);
  socket.on('error', () => undefined);
  clients.push(socket);
  return socket;
}

/** The WebSocket lives: its engine answers. */
async function answers(path: string): Promise<boolean> {
  const socket = client(path);
  const isOpen = await new Promise((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('close', () => resolve(false));
  });
  if (!isOpen) return false;
  const answer = once(socket, 'message');
  socket.send('{"op":"connect","token":"x","device":"d1"}');
  return ((await answer) as [Buffer])[0].toString().includes('"code":3500');
}

describe('a neighbour that ends what it does not know', () => {
  it.each([
    ['came first', [neighbour, attach()]],
    ['came later', [attach(), neighbour]],
    ['came between', [attach(), neighbour, attach('/other')]],
  ])('and %s does no harm, nor do we to it', async (_, listeners) => {
    await listen(...listeners);
    expect(await answers('/v1/ws')).toBe(true);
    if (listeners.length > 2) expect(await answers('/other?x=1')).toBe(true);
    expect(((await once(client('/chat'), 'message')) as [Buffer])[0].toString()).toBe('hello');
    expect(await answers('/unknown')).toBe(false);
  });
});

it('a neighbour’s WebSocket that says nothing for long is left alone; an upgrade nobody answers is not', async () => {
  const clock = new ManualClock();
  const push = createPush({ store: createMemoryStore() });
  const quiet = (to: Server): void => {
    const sockets = new WebSocketServer({ noServer: true });
    to.on('upgrade', (request: IncomingMessage, tcp: Duplex, head: Buffer) => {
      if (request.url !== '/chat') return;
      sockets.handleUpgrade(request, tcp, head, (socket) => socket.on('message', (said) => socket.send(said)));
    });
  };
  await listen(quiet, (to) => void doors.push(attachWebSocket(to, push, { clock })));
  const chat = client('/chat');
  await once(chat, 'open');
  const forgotten = client('/forgotten');
  const refused = new Promise<number | undefined>((resolve) =>
    forgotten.once('unexpected-response', (_, { statusCode }) => resolve(statusCode)),
  );
  await once(server, 'upgrade');
  await clock.advance(10_000);
  expect(await refused).toBe(404);
  chat.send('still there?');
  expect(((await once(chat, 'message')) as [Buffer])[0].toString()).toBe('still there?');
});

it('gives the path back when it closes, in any order, and leaves other events alone', async () => {
  await listen(attach('/a'), attach('/b'), neighbour);
  const [a, b] = doors.splice(0);
  await a?.close();
  expect([await answers('/a'), await answers('/b')]).toEqual([false, true]);
  await b?.close();
  expect([await answers('/a'), await answers('/b')]).toEqual([false, false]);
  const page = await fetch(`http://127.0.0.1:${port()}/a`);
  expect(await page.text()).toBe('a page');
});

it('leaves no trace on the server', async () => {
  await listen();
  const door = attachWebSocket(server, createPush({ store: createMemoryStore() }));
  await door.close();
  expect(Object.hasOwn(server, 'emit')).toBe(false);
  expect(server.listenerCount('upgrade')).toBe(0);
});
