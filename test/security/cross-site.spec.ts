import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawSocket, upgradeRequest } from './support/raw-socket.js';
import { World } from './support/world.js';

const GOOD = 'https://app.example.com';

/** A request as a browser would send it from a page, with good credentials, so that only the page is at fault. */
interface Door {
  readonly request: (headers: Record<string, string>) => string;
  /** Where the page is welcome. */
  readonly status: number;
}

const plain =
  (method: string, path: string, body?: object) =>
  (headers: Record<string, string>): string => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const all = {
      Host: 'x',
      Connection: 'close',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(text.length) }),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
  };
const preflight = (path: string, method: string): Door => ({
  request: (headers) =>
    plain('OPTIONS', path)({ 'Access-Control-Request-Method': method, ...headers, Authorization: 'none' }),
  status: 204,
});

const SOCKET_IO = '/socket.io/?EIO=4&transport=';
const DOORS: Record<string, Door> = {
  WebSocket: { request: (headers) => upgradeRequest({ headers }), status: 101 },
  'MQTT over WebSocket': {
    request: (headers) => upgradeRequest({ path: '/v1/mqtt', protocol: 'mqtt', headers }),
    status: 101,
  },
  'Socket.IO, WebSocket': {
    request: (headers) => upgradeRequest({ path: `${SOCKET_IO}websocket`, headers }),
    status: 101,
  },
  'Socket.IO, polling': { request: plain('GET', `${SOCKET_IO}polling`), status: 200 },
  'event stream': { request: plain('GET', '/v1/sse?device=d1'), status: 200 },
  'long poll': { request: plain('GET', '/v1/poll?device=d2&waitMs=0'), status: 200 },
  'POST /v1/ack': { request: plain('POST', '/v1/ack?device=d1', { s: '@me', seq: 0 }), status: 204 },
  'POST /v1/read': { request: plain('POST', '/v1/read?device=d1', { s: '@me', seq: 0 }), status: 200 },
  'POST /v1/tickets': { request: plain('POST', '/v1/tickets', {}), status: 201 },
  'preflight of an event stream': preflight('/v1/sse', 'GET'),
  'preflight of a poll': preflight('/v1/poll', 'GET'),
  'preflight of an acknowledgement': preflight('/v1/ack', 'POST'),
  'preflight of a read mark': preflight('/v1/read', 'POST'),
  'preflight of a ticket': preflight('/v1/tickets', 'POST'),
  'preflight of Socket.IO': preflight(`${SOCKET_IO}polling`, 'POST'),
};

/** Only a device that was there once has something to acknowledge. */
async function beSeen(world: World): Promise<void> {
  const { status } = await world.call('GET', '/v1/poll?device=d1&waitMs=0', { bearer: await world.token('ann') });
  expect(status).toBe(200);
}

const FOREIGN: [string, string][] = [
  ['another site', 'https://evil.example'],
  ['a sandboxed or local page', 'null'],
  ['nothing in the header', ''],
  ['a longer name', 'https://app.example.com.evil.com'],
  ['a name in front', 'https://evil-app.example.com'],
  ['a sub-domain', 'https://x.app.example.com'],
  ['the domain above', 'https://example.com'],
  ['any character for the dot', 'https://appxexample.com'],
  ['http for https', 'http://app.example.com'],
  ['another port', 'https://app.example.com:8443'],
  ['the default port, spelled out', 'https://app.example.com:443'],
  ['capitals', 'https://APP.example.com'],
  ['a path', 'https://app.example.com/'],
  ['a user in front', 'https://app.example.com@evil.example'],
  ['two of them', `${GOOD}, https://evil.example`],
  ['a list of one', `${GOOD},`],
];

describe.each(Object.entries(DOORS))('a page of another site at the %s', (_name, door) => {
  let world: World;
  let bearer: Record<string, string>;
  beforeAll(async () => {
    world = await World.start({ allowedOrigins: [GOOD] });
    bearer = { Authorization: `Bearer ${await world.token('ann')}` };
    await beSeen(world);
  });
  afterAll(() => world?.close());

  const ask = async (headers: Record<string, string>) => {
    const socket = await RawSocket.say(world.port, door.request(headers));
    await socket.until(({ received }) => received.includes('\r\n\r\n'));
    socket.drop();
    return { status: socket.status, text: socket.received.toString() };
  };

  it.each(FOREIGN)('is refused with 403 before anything else: %s', async (_what, origin) => {
    for (const credentials of [bearer, {}]) {
      const { status, text } = await ask({ Origin: origin, ...credentials });
      expect(status).toBe(403);
      expect(text).not.toMatch(/access-control-allow-origin/i);
      expect(text.startsWith('HTTP/1.1 403 ')).toBe(true);
    }
  });

  it('comes in where it is on the list, and where no page asks', async () => {
    expect((await ask({ Origin: GOOD, ...bearer })).status).toBe(door.status);
    if (!_name.startsWith('preflight')) expect((await ask(bearer)).status).toBe(door.status);
  });
});

describe('without a list', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await beSeen(world);
  });
  afterAll(() => world?.close());

  it.each(Object.entries(DOORS))("only the server's own pages come in: %s", async (_name, door) => {
    const Authorization = `Bearer ${await world.token('ann')}`;
    // The scheme is what the server itself speaks; the host is what the request names.
    for (const [origin, isOwn] of [
      ['http://x', true],
      ['https://x', false],
      ['http://x:80', false],
      ['http://x.evil.com', false],
      ['http://y', false],
      ['null', false],
    ] as const) {
      const socket = await RawSocket.say(world.port, door.request({ Origin: origin, Authorization }));
      await socket.until(({ received }) => received.includes('\r\n\r\n'));
      socket.drop();
      expect([origin, socket.status]).toEqual([origin, isOwn ? door.status : 403]);
    }
  });
});
