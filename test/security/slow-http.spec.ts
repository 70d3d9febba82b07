import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';
import { boundMs, watchHealth, type Health } from './slow-http-health.js';

jest.setTimeout(90_000);

const EACH = 150;

interface Seen {
  /** Everything the server sent. */
  text: string;
  /** From the opening to the end of the connection. */
  lastedMs: number;
}

/** Opens a connection, says `opening`, then goes on with one piece of `drip` a second, until the server ends it. */
function stranger(port: number, opening: string, drip?: string): Promise<Seen> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let begin = performance.now();
    let dripping: NodeJS.Timeout | undefined;
    const socket: Socket = connect(port, '127.0.0.1', () => {
      begin = performance.now();
      socket.write(opening);
      if (drip !== undefined) dripping = setInterval(() => socket.write(drip), 1000);
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(dripping);
      resolve({ text: Buffer.concat(chunks).toString('latin1'), lastedMs: performance.now() - begin });
    });
  });
}

const crowd = (port: number, opening: string, drip?: string): Promise<Seen[]> =>
  Promise.all(Array.from({ length: EACH }, () => stranger(port, opening, drip)));

const HOST = 'Host: x\r\n';
const UPGRADE = `GET /v1/ws HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: push.v1.json\r\n`;

describe('a server that strangers take their time with', () => {
  let server: ServerProcess;
  let health: () => Promise<Health>;
  let attacks: Record<'headers' | 'nothing' | 'body' | 'halfUpgrade' | 'silentSocket', Promise<Seen[]>>;
  let reader: { readonly answer: Response; readonly abort: AbortController };

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { PUSH_DATABASE_URL: 'memory:' } });
    const abort = new AbortController();
    const token = await server.token('patient');
    const headers = { Authorization: `Bearer ${token}` };
    reader = { abort, answer: await fetch(`${server.url}/v1/sse?device=d1`, { headers, signal: abort.signal }) };

    health = await watchHealth(server);
    const { port } = server;
    const post = `POST /v1/messages HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"to":`;
    // All at once: each must be dealt with while the others go on.
    attacks = {
      headers: crowd(port, `GET /healthz HTTP/1.1\r\n${HOST}`, 'X-More: 1\r\n'),
      nothing: crowd(port, ''),
      body: crowd(port, post, ' '),
      halfUpgrade: crowd(port, UPGRADE, 'X-More: 1\r\n'),
      silentSocket: crowd(port, `${UPGRADE}\r\n`),
    };
  });
  afterAll(async () => {
    reader?.abort.abort();
    await health?.();
    await server?.remove();
  });

  const longest = (seen: Seen[]) => Math.max(...seen.map(({ lastedMs }) => lastedMs));
  const shortest = (seen: Seen[]) => Math.min(...seen.map(({ lastedMs }) => lastedMs));

  it.each(['headers', 'nothing', 'halfUpgrade'] as const)(
    'cuts off near 10 s whoever does not get a request said: %s',
    async (kind) => {
      const seen = await attacks[kind];
      expect(shortest(seen)).toBeGreaterThan(8_000);
      expect(longest(seen)).toBeLessThan(14_000);
      for (const { text } of seen) expect(text).toMatch(/^HTTP\/1\.1 408 /);
    },
  );

  it('says goodbye at 10 s to whoever opens a WebSocket and says nothing, and waits little for theirs', async () => {
    const seen = await attacks.silentSocket;
    expect(shortest(seen)).toBeGreaterThan(9_000);
    expect(longest(seen)).toBeLessThan(19_000);
    for (const { text } of seen) {
      expect(text).toMatch(/^HTTP\/1\.1 101 /);
      expect(text).toContain('"code":3504');
    }
  });

  it('cuts off near 30 s whoever does not finish a body', async () => {
    const seen = await attacks.body;
    expect(shortest(seen)).toBeGreaterThan(28_000);
    expect(longest(seen)).toBeLessThan(36_000);
    for (const { text } of seen) expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('does not cut an answer that takes longer than any request may', async () => {
    await attacks.body;
    expect(reader.answer.status).toBe(200);
    await server.publish('patient', { still: 'there' });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of reader.answer.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.includes('"still":"there"')) break;
    }
    expect(text).toContain('event: push');
  });

  it('was in good health all the time', async () => {
    await Promise.all(Object.values(attacks));
    const seen = await health();
    expect(seen.trouble).toBeUndefined();
    expect(seen.answers).toBeGreaterThan(100);
    expect(seen.worstMs).toBeLessThan(boundMs(seen));
  });
});

describe('a server that strangers throw much at', () => {
  let server: ServerProcess;
  let health: () => Promise<Health>;
  beforeAll(async () => {
    server = await ServerProcess.start({ env: { PUSH_DATABASE_URL: 'memory:' } });
    health = await watchHealth(server);
  });
  afterAll(async () => {
    await health?.();
    await server?.remove();
  });

  const request = (headers: string) =>
    stranger(server.port, `GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n${headers}\r\n`);
  const headers = (count: number, value: string) =>
    Array.from({ length: count }, (_, at) => `h${at}:${value}\r\n`).join('');

  it('answers a request of 2,000 small headers, and refuses one of 2,000 long ones', async () => {
    const small = await Promise.all(Array.from({ length: 50 }, () => request(headers(2000, ''))));
    for (const { text } of small) expect(text).toMatch(/^HTTP\/1\.1 200 /);
    const long = await Promise.all(Array.from({ length: 50 }, () => request(headers(2000, 'x'.repeat(40)))));
    for (const { text } of long) expect(text).toMatch(/^HTTP\/1\.1 431 /);
    expect(Math.max(...[...small, ...long].map(({ lastedMs }) => lastedMs))).toBeLessThan(5_000);
  });

  it('lets go of everything where a thousand a second connect and leave, some in the middle of a word', async () => {
    const open = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
    const before = open();
    const words = ['', 'GET /healthz HT', UPGRADE, `${UPGRADE}\r\n`, `GET /readyz HTTP/1.1\r\n${HOST}\r\n`];
    const visits: Promise<void>[] = [];
    await new Promise<void>((resolve) => {
      const rounds = setInterval(() => {
        for (let i = 0; i < 50; i++) visits.push(visit(words[i % words.length]!, i % 2 === 0));
        if (visits.length < 3000) return;
        clearInterval(rounds);
        resolve();
      }, 50);
    });
    await Promise.all(visits);
    await eventually(() => open() <= before + 5);
    expect(server.isRunning).toBe(true);
  });

  /** Connects, says something, and is gone: with a reset, or as a closing window is. */
  const visit = (words: string, orderly: boolean) =>
    new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(words, () => (orderly ? socket.destroy() : socket.resetAndDestroy()));
      });
      socket.on('error', () => undefined);
      socket.once('close', () => resolve());
    });

  it('was in good health all the time', async () => {
    const seen = await health();
    expect(seen.trouble).toBeUndefined();
    expect(seen.answers).toBeGreaterThan(25);
    expect(seen.worstMs).toBeLessThan(boundMs(seen));
  });
});
