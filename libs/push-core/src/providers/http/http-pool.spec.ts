import { afterEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock } from '../../clock/system-clock.js';
import { FakeHttpServer, type FakeServerOptions } from '../../testing/fakes/http2-server.js';
import { createEgressGuard } from './egress-guard.js';
import { createHttpPool, type HttpPoolOptions } from './create-pool.js';
import type { HttpPool, HttpRequest, HttpResult } from './pool.js';

const servers: { close(): Promise<void> }[] = [];
const pools: HttpPool[] = [];

async function serve(options: Partial<FakeServerOptions> = {}): Promise<FakeHttpServer> {
  const server = await new FakeHttpServer({
    answer: ({ body, path }) => ({ status: 200, headers: { 'x-path': path }, body: body.toString() }),
    ...options,
  }).listen();
  servers.push(server);
  return server;
}

function pool(options: Partial<HttpPoolOptions> = {}): HttpPool {
  const made = createHttpPool({ clock: systemClock, random: () => 0.5, backOffMs: 20, ...options });
  pools.push(made);
  return made;
}

const ask = (url: string, request: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: `${url}/p?q=1`,
  headers: { 'x-one': '1' },
  body: 'hello',
  deadlineMs: 3000,
  protocol: 'h2',
  trust: 'operator',
  lane: 'a',
  ...request,
});

const status = (result: HttpResult): unknown => (result.kind === 'answered' ? result.status : result);

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const made of pools.splice(0)) await made.close();
});

describe.each([
  ['HTTP/2 over TLS', { tls: true }, 'h2', 'h2'],
  ['HTTP/2 by ALPN', { tls: true }, 'any', 'h2'],
  ['HTTP/1.1 by ALPN', { tls: true, offers: 'h1' }, 'any', 'h1'],
  ['HTTP/2 with prior knowledge', {}, 'h2', 'h2'],
  ['HTTP/1.1 in cleartext', {}, 'any', 'h1'],
] as const)('over %s', (_name, options, protocol, spoken) => {
  it('asks, is answered, and keeps the connection for the next', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    for (let times = 0; times < 3; times++) {
      expect(await http.request(ask(server.url, { protocol }))).toEqual({
        kind: 'answered',
        status: 200,
        headers: expect.objectContaining({ 'x-path': '/p?q=1' }),
        body: 'hello',
        truncated: false,
      });
    }
    expect(server.requests.map((one) => [one.protocol, one.connection, one.headers['x-one']])).toEqual(
      Array(3).fill([spoken, 1, '1']),
    );
  });

  it('takes a reset after the request was written for an unknown outcome', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    server.misbehave({ kind: 'reset' });
    expect(await http.request(ask(server.url, { protocol }))).toEqual({ kind: 'unknown', reason: 'connection_lost' });
    expect(status(await http.request(ask(server.url, { protocol })))).toBe(200);
  });

  it('answers by the deadline when the server never does', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    server.misbehave({ kind: 'stall' });
    expect(await http.request(ask(server.url, { protocol, deadlineMs: 150 }))).toEqual({
      kind: 'unknown',
      reason: 'deadline',
    });
    expect(status(await http.request(ask(server.url, { protocol })))).toBe(200);
  });

  it('takes the status of a body that drips for the answer, by the deadline', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    server.misbehave({ kind: 'slow_drip', everyMs: 20, status: 503 });
    expect(await http.request(ask(server.url, { protocol, deadlineMs: 200 }))).toMatchObject({
      kind: 'answered',
      status: 503,
      truncated: true,
    });
  });

  it('reads no more of a body than it was told to', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    server.misbehave({ kind: 'huge_body', bytes: 50_000_000 });
    const result = await http.request(ask(server.url, { protocol }));
    expect(result).toMatchObject({ kind: 'answered', truncated: true });
    expect(result.kind === 'answered' && result.body.length).toBe(4096);
    expect(status(await http.request(ask(server.url, { protocol })))).toBe(200);
  });

  it('does not follow a redirect', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    server.misbehave({ kind: 'redirect', location: `${server.url}/elsewhere` });
    expect(status(await http.request(ask(server.url, { protocol })))).toBe(307);
    expect(server.requestCount).toBe(1);
  });

  it('serves many at once', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, number) => http.request(ask(server.url, { protocol, body: `${number}` }))),
    );
    expect(all.map((one) => one.kind === 'answered' && one.body)).toEqual(all.map((_, number) => `${number}`));
    expect(server.connectionCount).toBeLessThanOrEqual(16);
  });

  it('shares no connection between lanes', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    for (const lane of ['a', 'b', 'a', 'b']) await http.request(ask(server.url, { protocol, lane }));
    expect(server.requests.map((one) => one.connection)).toEqual([1, 2, 1, 2]);
  });

  it('closes what stands idle, and finishes what is under way', async () => {
    const server = await serve(options);
    const http = pool({ ca: server.ca || undefined });
    server.misbehave({ kind: 'late', ms: 100 });
    const late = http.request(ask(server.url, { protocol }));
    await until(() => server.requestCount === 1);
    const closed = http.close();
    expect(await http.request(ask(server.url, { protocol }))).toEqual({ kind: 'refused', reason: 'closed' });
    expect(status(await late)).toBe(200);
    await closed;
    await until(() => server.connections === 0);
  });
});

describe('an HTTP/2 connection', () => {
  it('puts a refused stream on the wire again, once', async () => {
    const server = await serve();
    const http = pool();
    server.misbehave({ kind: 'refuse_stream' });
    expect(status(await http.request(ask(server.url)))).toBe(200);
    server.misbehave({ kind: 'refuse_stream' }, 2);
    expect(await http.request(ask(server.url))).toEqual({ kind: 'refused', reason: 'refused_stream' });
    expect(server.requestCount).toBe(1);
  });

  it('sends what is above the last stream of a GOAWAY on another connection', async () => {
    const server = await serve();
    const http = pool();
    await http.request(ask(server.url));
    server.misbehave({ kind: 'goaway', request: 'unprocessed' });
    expect(status(await http.request(ask(server.url)))).toBe(200);
    expect(server.requests.map((one) => one.connection)).toEqual([1, 2]);
  });

  it('leaves the connection after GOAWAY, and still hears the answer to what was under way', async () => {
    const server = await serve();
    const http = pool();
    server.misbehave({ kind: 'late', ms: 150 });
    const early = http.request(ask(server.url));
    await until(() => server.requestCount === 1);
    await server.goaway('Shutdown');
    expect(status(await http.request(ask(server.url)))).toBe(200);
    expect(status(await early)).toBe(200);
    expect(server.requests.map((one) => one.connection)).toEqual([1, 2]);
  });

  it('says unknown for a stream that GOAWAY counts as taken and nobody answers', async () => {
    const server = await serve();
    const http = pool();
    server.misbehave({ kind: 'goaway', request: 'silent' });
    expect(await http.request(ask(server.url))).toMatchObject({ kind: 'unknown' });
    expect(server.requestCount).toBe(1);
  });

  it('says unknown for a stream reset after it was read, and keeps the connection', async () => {
    const server = await serve();
    const http = pool();
    server.misbehave({ kind: 'reset_stream' });
    expect(await http.request(ask(server.url))).toEqual({ kind: 'unknown', reason: 'stream_reset' });
    expect(status(await http.request(ask(server.url)))).toBe(200);
    expect(server.connectionCount).toBe(1);
  });

  it('has no more streams open than SETTINGS allow, and lets the rest wait', async () => {
    let open = 0;
    let most = 0;
    const server = await serve({
      maxStreams: 1,
      answer: async () => {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setTimeout(resolve, 5));
        open--;
        return { status: 200 };
      },
    });
    const http = pool({ maxSessions: 1 });
    const all = await Promise.all(Array.from({ length: 10 }, () => http.request(ask(server.url))));
    expect(all.map(status)).toEqual(Array(10).fill(200));
    expect(most).toBe(1);
    server.setMaxStreams(50);
    server.misbehave({ kind: 'late', ms: 30 });
    await http.request(ask(server.url));
    await Promise.all(Array.from({ length: 10 }, () => http.request(ask(server.url))));
    expect(most).toBeGreaterThan(5);
  });

  it('sends one request alone until SETTINGS are here', async () => {
    const server = await serve({ maxStreams: 1 });
    const http = pool({ maxSessions: 1 });
    server.misbehave({ kind: 'late', ms: 60 }, 2);
    const both = [http.request(ask(server.url)), http.request(ask(server.url))];
    await Promise.all(both);
    expect((server.requests[1]?.at ?? 0) - (server.requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(50);
  });

  it('is closed when it answers no PING, and what it had is unknown', async () => {
    const relay = await relayTo(await serve());
    const http = pool({ pingTimeoutMs: 100 });
    await http.request(ask(relay.url));
    relay.stop();
    const [first, second] = await Promise.all([
      http.request(ask(relay.url, { deadlineMs: 100 })),
      http.request(ask(relay.url, { deadlineMs: 5000 })),
    ]);
    expect(first).toEqual({ kind: 'unknown', reason: 'deadline' });
    expect(second).toEqual({ kind: 'unknown', reason: 'connection_lost' });
    relay.go();
    expect(status(await http.request(ask(relay.url)))).toBe(200);
    expect(relay.connectionCount).toBe(2);
  });

  it('gets nothing more while it is suspected to be dead', async () => {
    const relay = await relayTo(await serve());
    const http = pool({ pingTimeoutMs: 60_000 });
    await http.request(ask(relay.url));
    relay.stop();
    await http.request(ask(relay.url, { deadlineMs: 50 }));
    relay.go();
    expect(status(await http.request(ask(relay.url)))).toBe(200);
    expect(relay.connectionCount).toBe(2);
  });

  it('is PINGed while nothing happens', async () => {
    const relay = await relayTo(await serve());
    const http = pool({ pingEveryMs: 30, pingTimeoutMs: 60 });
    await http.request(ask(relay.url));
    relay.stop();
    await until(() => relay.connections === 0);
    relay.go();
    expect(status(await http.request(ask(relay.url)))).toBe(200);
    expect(relay.connectionCount).toBe(2);
  });
});

describe('a connection that cannot be had', () => {
  it('refuses what waits, and is not tried again before its pause', async () => {
    const dead = await refusing();
    const http = pool({ backOffMs: 100 });
    expect(await http.request(ask(dead, { deadlineMs: 1000 }))).toEqual({ kind: 'refused', reason: 'econnrefused' });
    const before = performance.now();
    expect(await http.request(ask(dead, { deadlineMs: 20 }))).toEqual({ kind: 'refused', reason: 'deadline' });
    expect(await http.request(ask(dead, { deadlineMs: 1000 }))).toEqual({ kind: 'refused', reason: 'econnrefused' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(60);
  });

  it('refuses by the deadline where nobody answers the connection', async () => {
    const mute = createServer((socket) => void socket.on('error', () => {}).resume());
    const url = await listening(mute, 'https');
    const http = pool();
    expect(await http.request(ask(url, { deadlineMs: 100 }))).toEqual({ kind: 'refused', reason: 'deadline' });
    const quick = pool({ connectMs: 50 });
    expect(await quick.request(ask(url))).toEqual({ kind: 'refused', reason: 'connect_timeout' });
  });

  it('refuses a server whose certificate nobody vouches for', async () => {
    const server = await serve({ tls: true });
    expect(await pool().request(ask(server.url))).toMatchObject({ kind: 'refused' });
    expect(server.requestCount).toBe(0);
  });

  it('refuses a server that does not speak HTTP/2 where that is demanded', async () => {
    const server = await serve({ tls: true, offers: 'h1' });
    expect(await pool({ ca: server.ca }).request(ask(server.url))).toMatchObject({ kind: 'refused' });
  });
});

describe('what is bounded', () => {
  it('HTTP/1.1 connections to one origin', async () => {
    const server = await serve();
    const http = pool({ maxSockets: 3 });
    server.misbehave({ kind: 'late', ms: 30 }, 9);
    await Promise.all(Array.from({ length: 9 }, () => http.request(ask(server.url, { protocol: 'any' }))));
    expect(server.connectionCount).toBe(3);
  });

  it('connections of one lane, whose hung servers cost no other lane anything', async () => {
    const hung = [await serve(), await serve(), await serve()];
    const good = await serve();
    for (const server of hung) server.misbehave({ kind: 'stall' }, 10);
    const http = pool({ maxLaneConnections: 2, maxConnections: 3 });
    const stuck = hung.map((server) =>
      http.request(ask(server.url, { protocol: 'any', lane: 'bad', deadlineMs: 300 })),
    );
    expect(status(await http.request(ask(good.url, { protocol: 'any', lane: 'good' })))).toBe(200);
    expect((await Promise.all(stuck)).map((one) => one.kind).sort()).toEqual(['refused', 'unknown', 'unknown']);
  });

  it('connections altogether: one that stands idle makes room', async () => {
    const [one, two] = [await serve(), await serve()];
    const http = pool({ maxConnections: 1 });
    for (const server of [one, two, one, two]) {
      expect(status(await http.request(ask(server.url, { protocol: 'any' })))).toBe(200);
    }
    expect([one.connectionCount, two.connectionCount]).toEqual([2, 2]);
  });

  it('requests that wait', async () => {
    const server = await serve({ maxStreams: 1 });
    server.misbehave({ kind: 'stall' }, 10);
    const http = pool({ maxSessions: 1, maxWaiting: 2 });
    const all = Array.from({ length: 5 }, () => http.request(ask(server.url, { deadlineMs: 100 })));
    expect((await Promise.all(all)).map((result) => 'reason' in result && result.reason)).toContain('too_many_waiting');
  });
});

it('ends the connections of a lane that is forgotten, once they have nothing to do', async () => {
  const server = await serve();
  const http = pool();
  await http.request(ask(server.url));
  http.forget('a');
  await until(() => server.connections === 0);
  expect(status(await http.request(ask(server.url)))).toBe(200);
});

describe('a guest address', () => {
  it('is not connected to where the guard does not admit it, at each new connection', async () => {
    const server = await serve();
    const port = new URL(server.url).port;
    const http = pool();
    expect(await http.request(ask(server.url, { trust: 'guest', protocol: 'any' }))).toEqual({
      kind: 'forbidden',
      reason: 'not_https',
    });
    const answers = [['93.184.216.34', '127.0.0.1'], ['127.0.0.1']];
    const resolving = pool({ guard: createEgressGuard({ resolve: async () => answers.shift() ?? [] }) });
    for (const reason of ['not_public', 'not_public']) {
      expect(await resolving.request(ask('https://push.example.org', { trust: 'guest', protocol: 'any' }))).toEqual({
        kind: 'forbidden',
        reason,
      });
    }
    expect(port).toBeDefined();
    expect(server.connectionCount).toBe(0);
  });

  it('goes to the addresses that were judged, whatever the name says by then', async () => {
    const server = await serve();
    const { port } = new URL(server.url);
    let asked = 0;
    const guard = createEgressGuard({
      allow: [`push.example.org:${port}`],
      resolve: async () => {
        asked++;
        return ['127.0.0.1'];
      },
    });
    const http = pool({ guard });
    const url = `http://push.example.org:${port}`;
    expect(status(await http.request(ask(url, { trust: 'guest', protocol: 'any' })))).toBe(200);
    expect(status(await http.request(ask(url, { trust: 'guest', protocol: 'any' })))).toBe(200);
    expect(asked).toBe(1);
    server.cut();
    await until(() => server.connections === 0);
    expect(status(await http.request(ask(url, { trust: 'guest', protocol: 'any' })))).toBe(200);
    expect(asked).toBe(2);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Stands between: told to stop, it lets nothing more through on connections open by then, and keeps them open. */
async function relayTo(server: FakeHttpServer) {
  const near = new Set<Socket>();
  const relay = {
    url: '',
    connectionCount: 0,
    stopped: false,
    get connections() {
      return near.size;
    },
    stop: () => void (relay.stopped = true),
    go: () => void (relay.stopped = false),
  };
  const listener = createServer((client) => {
    relay.connectionCount++;
    near.add(client);
    let dead = false;
    const target = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
    const pass = (to: Socket) => (chunk: Buffer) => {
      dead ||= relay.stopped;
      if (!dead) to.write(chunk);
    };
    client.on('data', pass(target)).on('error', () => {});
    target.on('data', pass(client)).on('error', () => {});
    client.on('close', () => {
      near.delete(client);
      target.destroy();
    });
  });
  relay.url = await listening(listener, 'http');
  return relay;
}

async function listening(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({ close: async () => void server.close() });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that nobody listens on. */
async function refusing(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}
