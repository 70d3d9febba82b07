import { afterEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createServer, type Http2Server, type ServerHttp2Stream, type ServerOptions } from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { systemClock } from '../../../clock/system-clock.js';
import { createHttpPool } from '../create-pool.js';
import type { HttpPool, HttpRequest, HttpResult } from '../pool.js';

// The other side is Node's own HTTP/2 (nghttp2): it closes a connection on whatever is not as the RFCs have it.

const closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(server: Server | Http2Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Answering = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>, body: Buffer) => void;

async function nghttp2(answer: Answering, options: ServerOptions = {}) {
  const server = createServer(options);
  let sessions = 0;
  server.on('session', () => sessions++);
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, headers, Buffer.concat(chunks)));
  });
  return { url: await listening(server), sessions: () => sessions };
}

function pool(): HttpPool {
  const made = createHttpPool({ clock: systemClock, random: () => 0.5, backOffMs: 1, maxSessions: 1 });
  closing.push(() => void made.close());
  return made;
}

const ask = (url: string, request: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: 'x',
  deadlineMs: 4000,
  protocol: 'h2',
  trust: 'operator',
  lane: 'a',
  ...request,
});

const answered = (result: HttpResult): Extract<HttpResult, { kind: 'answered' }> => {
  if (result.kind !== 'answered') throw new Error(JSON.stringify(result));
  return result;
};

const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;

describe.each([{}, { headerTableSize: 0 }, { headerTableSize: 200 }, { headerTableSize: 65_536 }])(
  'headers, where the server has a table of %j,',
  (settings) => {
    it('arrive as they were sent, whether new, repeated or pushed out of the table', async () => {
      const server = await nghttp2(
        (stream, headers) => {
          const own = Object.entries(headers).filter(([name]) => /^(x-|authorization|:path|:authority)/.test(name));
          stream.respond({ ':status': 200 });
          stream.end(JSON.stringify(Object.fromEntries(own)));
        },
        { settings },
      );
      const http = pool();
      const values = ['', 'a', 'bearer '.padEnd(300, 'x'), 'y'.repeat(1500), 'z'.repeat(3000), 'q'.repeat(127)];
      for (let times = 0; times < 150; times++) {
        const path = pick(['/', '/3/device/a', `/${times}`]);
        const headers = Object.fromEntries(
          ['authorization', 'x-one', 'x-two', 'x-three', 'x-four']
            .filter(() => Math.random() < 0.8)
            .map((name) => [name, pick(values)]),
        );
        const { body } = answered(await http.request(ask(server.url + path, { headers, maxBodyBytes: 65_536 })));
        expect(JSON.parse(body)).toEqual({ ...headers, ':path': path, ':authority': server.url.slice(7) });
      }
      expect(server.sessions()).toBe(1);
    });
  },
);

it('reads the headers of an answer, however they are written', async () => {
  const sent: Record<string, string>[] = [];
  const server = await nghttp2((stream) => {
    const bytes = randomBytes(60);
    const headers = {
      'x-text': Buffer.from(bytes.map((byte) => 0x21 + (byte % 94))).toString(),
      'apns-id': bytes.toString('hex'),
      'x-empty': '',
      'retry-after': '120',
      'content-type': 'application/json',
    };
    sent.push(headers);
    stream.respond({ ':status': pick([200, 201, 400, 403, 410, 429, 500, 503, 418]), ...headers });
    stream.end();
  });
  const http = pool();
  for (let times = 0; times < 200; times++) {
    expect(answered(await http.request(ask(server.url))).headers).toMatchObject(sent[times] as object);
  }
});

it('takes headers that need several frames, both ways', async () => {
  const long = 'h'.repeat(40_000);
  const server = await nghttp2((stream, headers) => {
    stream.respond({ ':status': 200, 'x-long': headers['x-long'] as string, 'x-more': 'm'.repeat(10_000) });
    stream.end();
  });
  const http = pool();
  const { headers } = answered(await http.request(ask(server.url, { headers: { 'x-long': long } })));
  expect([headers['x-long'], headers['x-more']?.length]).toEqual([long, 10_000]);
  expect(answered(await http.request(ask(server.url, { headers: { 'x-long': 'a' } }))).headers['x-long']).toBe('a');
});

it('sends bodies through windows that are smaller than they are', async () => {
  const server = await nghttp2(
    (stream, _headers, body) => {
      stream.respond({ ':status': 200 });
      stream.end(String(body.length));
    },
    { settings: { initialWindowSize: 1000 } },
  );
  const http = pool();
  const sizes = [0, 1, 999, 1000, 1001, 70_000, 300_000, 16_384, 16_385];
  const all = await Promise.all(sizes.map((size) => http.request(ask(server.url, { body: Buffer.alloc(size, 'b') }))));
  expect(all.map((result) => answered(result).body)).toEqual(sizes.map(String));
  expect(server.sessions()).toBe(1);
});

it('receives more than any window, where that much is wanted', async () => {
  const server = await nghttp2((stream) => {
    stream.respond({ ':status': 200 });
    stream.end('r'.repeat(5_000_000));
  });
  const http = pool();
  for (let times = 0; times < 2; times++) {
    const { body, truncated } = answered(await http.request(ask(server.url, { maxBodyBytes: 6_000_000 })));
    expect([body.length, truncated]).toEqual([5_000_000, false]);
  }
});

it('waits behind what is not an answer yet, and reads past trailers', async () => {
  const server = await nghttp2((stream) => {
    stream.additionalHeaders({ ':status': 103, link: '<x>' });
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-late': '1' }));
    stream.end('body');
  });
  const { status, headers, body } = answered(await pool().request(ask(server.url)));
  expect([status, headers['x-late'], headers.link, body]).toEqual([200, undefined, undefined, 'body']);
});

it('asks without a body, too', async () => {
  const server = await nghttp2((stream, headers, body) => {
    stream.respond({ ':status': 200 });
    stream.end(`${String(headers[':method'])} ${body.length}`);
  });
  const http = pool();
  for (const method of ['GET', 'DELETE', 'PUT'] as const) {
    expect(answered(await http.request(ask(server.url, { method, body: undefined }))).body).toBe(`${method} 0`);
  }
});

describe('a server that does not speak HTTP/2 as it should', () => {
  const frame = (type: number, flags: number, stream: number, content: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(content.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, content]);
  };
  const settings = frame(4, 0, 0, Buffer.alloc(0));

  async function says(...bytes: Buffer[]): Promise<string> {
    const server = createTcp((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {});
      socket.write(Buffer.concat(bytes));
    });
    return listening(server);
  }

  it.each([
    ['a frame that is too large', Buffer.from('ffffff000000000000', 'hex')],
    ['a push', frame(5, 4, 1, Buffer.alloc(10))],
    ['headers that refer to a table we do not keep', frame(1, 5, 1, Buffer.from([0xbe]))],
    ['headers that end in the middle', frame(1, 5, 1, Buffer.from([0x40, 0x7f]))],
    ['an endless number', frame(1, 5, 1, Buffer.from('ff'.repeat(20), 'hex'))],
    ['padding that is longer than the frame', frame(1, 0x0c | 1, 1, Buffer.from([9, 0x88]))],
    ['a continuation of nothing', frame(9, 4, 1, Buffer.from([0x88]))],
    [
      'something in the midst of headers',
      Buffer.concat([frame(1, 0, 1, Buffer.from([0x88])), frame(6, 0, 0, Buffer.alloc(8))]),
    ],
    [
      'headers without end',
      Buffer.concat([
        frame(1, 0, 1, Buffer.alloc(1)),
        ...Array.from({ length: 80 }, () => frame(9, 0, 1, Buffer.alloc(1000))),
      ]),
    ],
    ['a body before the status', frame(0, 0, 1, Buffer.from('x'))],
    ['an end before the status', frame(1, 5, 1, Buffer.alloc(0))],
    ['a short PING', frame(6, 0, 0, Buffer.alloc(3))],
    ['a short GOAWAY', frame(7, 0, 0, Buffer.alloc(3))],
    ['crooked SETTINGS', frame(4, 0, 0, Buffer.alloc(5))],
    ['HTTP/1.1', Buffer.from('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')],
  ])('is left: %s', async (_name, bytes) => {
    const url = await says(settings, bytes);
    const result = await pool().request(ask(url, { deadlineMs: 2000 }));
    expect(result.kind === 'unknown' || result.kind === 'refused').toBe(true);
    expect('reason' in result && result.reason).not.toBe('deadline');
  });

  it('is survived, whatever it says', async () => {
    const http = pool();
    for (let times = 0; times < 150; times++) {
      const good = Buffer.concat([
        settings,
        frame(1, 4, 1, Buffer.from('88', 'hex')),
        frame(0, 0, 1, randomBytes(20)),
        frame(8, 0, 0, Buffer.alloc(4, 1)),
        frame(7, 0, 0, Buffer.alloc(8)),
        frame(3, 0, 1, Buffer.alloc(4)),
      ]);
      for (let flips = 0; flips < 6; flips++)
        good[Math.floor(Math.random() * good.length)] = randomBytes(1)[0] as number;
      const url = await says(pick([good, Buffer.concat([settings, randomBytes(200)])]));
      const result = await http.request(ask(url, { deadlineMs: 30, lane: `${times}` }));
      expect(['answered', 'unknown', 'refused']).toContain(result.kind);
      http.forget(`${times}`);
    }
  });
});
