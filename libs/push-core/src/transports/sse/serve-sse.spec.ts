import { Agent, get } from 'node:http';
import { CLOSE, type CloseReason } from '../../close-reasons.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { encodeCursor } from '../cursor/cursor.js';
import { connected, frame, push, Stage, until } from '../http/stage.fixture.js';
import { serveSse } from './serve-sse.js';

const REQUEST = 'GET /sse HTTP/1.1\r\nHost: x\r\n\r\n';
const identity = { tenant: 't', user: 'u' };
const clock = new ManualClock();
let stage: Stage;
/** Runs between the arrival of a request and its answer. */
let before: () => void;

beforeEach(async () => {
  before = () => undefined;
  stage = await new Stage((self, request, response) => {
    if (request.url === '/slow') return;
    before();
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    serveSse(self.engine, request, response, {
      identity,
      device: 'd',
      follow: ['news'],
      lastEventId,
      clock,
      refuse: self.refusal(response),
    });
  }).open();
});
afterEach(() => stage.close());

async function arrived(text = REQUEST) {
  const before = stage.engine.links.length;
  const client = await stage.client(text);
  await until(() => stage.engine.links.length > before);
  return { client, ...stage.engine.newest };
}
async function opened(text = REQUEST) {
  const one = await arrived(text);
  one.link.send([connected({ '@me': {}, news: {} })]);
  await until(() => one.client.text.includes('event: connected'));
  return one;
}
const bye = (reason: CloseReason, afterMs?: number) =>
  frame({ op: 'bye', code: reason.code, reconnect: reason.reconnect, afterMs });

it('arrives as who it is, resumes where the id says, and needs no window', async () => {
  const id = encodeCursor([['@me', { epoch: 'e1', seq: 41 }]]);
  const { arrival, link } = await arrived(`GET /sse HTTP/1.1\r\nHost: x\r\nLast-Event-ID: ${id}\r\n\r\n`);
  expect(arrival).toMatchObject({
    identity,
    address: '127.0.0.1',
    connect: { device: 'd', window: Infinity, follow: ['news'], resume: { '@me': { epoch: 'e1', seq: 41 } } },
  });
  expect(link).toMatchObject({ transport: 'sse', resends: 'on return', lingerMs: 0 });
});

it('answers nothing before the device is admitted, and then a plain stream that ends with its connection', async () => {
  const { client, link } = await arrived();
  await until(() => stage.engine.links.length === 1);
  expect(client.text).toBe('');
  link.send([connected(), frame(push('@me', 1))]);
  await until(() => client.text.includes('event: push'));
  const [head] = client.text.split('\r\n\r\n');
  expect(
    head!
      .split('\r\n')
      .filter((line) => !line.startsWith('Date'))
      .sort(),
  ).toEqual([
    'Cache-Control: no-store, no-transform',
    'Connection: close',
    'Content-Type: text/event-stream; charset=utf-8',
    'HTTP/1.1 200 OK',
    'X-Accel-Buffering: no',
  ]);
  expect(client.body.split('\n')[0]).toBe('event: connected');
});

it('carries in each id where every stream is that moved on this link', async () => {
  const { client, link } = await opened();
  link.send([frame(push('@me', 5))]);
  link.send([
    frame(push('news', 8), push('news', 9)),
    frame({ op: 'skip', s: '@me', from: 6, to: 7, reason: 'expired' }),
  ]);
  link.send([frame({ op: 'unfollowed', s: 'news' })]);
  link.send([frame(push('@me', 8))]);
  await until(
    () =>
      client.body.includes('"seq":8,"id":"i8","type":"x","at":1}\n\nevent: unfollowed') ||
      client.body.includes('"s":"@me","seq":8'),
  );
  expect(client.body.match(/^(id|event): .*$/gm)).toEqual([
    'event: connected',
    'id: 1.ee1.m5',
    'event: push',
    'id: 1.ee1.m5.t8.news',
    'event: push',
    'id: 1.ee1.m5.t9.news',
    'event: push',
    'id: 1.ee1.t9.news.m7',
    'event: skip',
    'event: unfollowed',
    'id: 1.ee1.m8',
    'event: push',
  ]);
});

it('passes everything else on under its own name', async () => {
  const { client, link } = await opened();
  link.send([
    frame({ op: 'recall', s: '@me', seq: 1, id: 'i1' }),
    frame({ op: 'read', s: '@me', seq: 1, unread: 0 }),
    frame({ op: 'signal', type: 'typing' }),
    frame({ op: 'followed', s: 'more', epoch: 'e2', head: 3, from: 2, recovery: 'complete' }),
    frame(push('more', 3)),
    frame({ op: 'error', code: 'NOT_ALLOWED', message: 'no' }),
  ]);
  await until(() => client.body.includes('problem'));
  expect(client.body.match(/^(id|event): .*$/gm)).toEqual([
    'event: connected',
    'event: recall',
    'event: read',
    'event: signal',
    'event: followed',
    'id: 1.ee2.t3.more',
    'event: push',
    'event: problem',
  ]);
});

it.each<[keyof typeof CLOSE, string, number]>([
  ['draining', 'DRAINING', 503],
  ['overloaded', 'OVERLOADED', 503],
  ['replaced', 'REFUSED', 403],
  ['badToken', 'UNAUTHORIZED', 401],
  ['tokenExpired', 'TOKEN_EXPIRED', 401],
  ['revoked', 'REVOKED', 401],
  ['badFrame', 'INVALID', 400],
])('refuses the request where the core closes first: %s', async (name, code, status) => {
  const { client, link, told } = await arrived();
  link.send([bye(CLOSE[name], 1500)]);
  link.close(CLOSE[name]);
  await until(() => client.text.endsWith(code));
  expect(client.text).toContain(`HTTP/1.1 ${status} `);
  expect(stage.refused).toMatchObject([{ code, retryAfterMs: 1500 }]);
  expect(told).toEqual(['closed']);
});

it('says why a hook of the host refused it', async () => {
  const { link } = await arrived();
  link.send([frame({ op: 'error', code: 'REFUSED', message: 'not at night', field: 'device' }), bye(CLOSE.revoked)]);
  link.close(CLOSE.revoked);
  expect(stage.refused).toMatchObject([{ code: 'REFUSED', message: 'not at night', field: 'device', status: 403 }]);
});

it('ends with a bye that says when to come back', async () => {
  const { client, link, told } = await opened();
  link.send([bye(CLOSE.draining, 1830)]);
  link.close(CLOSE.draining);
  await until(() => client.ended);
  expect(client.body).toMatch(/\n\nretry: 1830\nevent: bye\ndata: \{"op":"bye","code":3000,.*\}\n\n$/);
  await until(() => told.length > 0);
  expect(told).toEqual(['closed']);
});

it('keeps an EventSource that was replaced from taking the device back at once', async () => {
  const { client, link } = await opened();
  link.send([bye(CLOSE.replaced)]);
  link.close(CLOSE.replaced);
  await until(() => client.ended);
  expect(client.body).toContain('retry: 86400000\nevent: bye');
});

it('asks for a sign of life with a comment, and takes its leaving for one', async () => {
  const { client, link, told } = await opened();
  link.ping();
  await until(() => told.includes('alive'));
  await until(() => client.body.endsWith('\n\n:\n\n'));
});

it('notices a client that leaves: before it is admitted, and later', async () => {
  const early = await arrived();
  early.client.socket.destroy();
  await until(() => early.told.length > 0);
  early.link.send([connected()]);
  early.link.close(CLOSE.draining);
  const late = await opened();
  late.client.socket.resetAndDestroy();
  await until(() => late.told.length > 0);
  late.link.send([frame(push('@me', 1))]);
  late.link.ping();
  late.link.close(CLOSE.draining);
  expect([early.told, late.told, stage.refused]).toEqual([['closed'], ['closed'], []]);
  expect(late.link.bufferedBytes()).toBe(0);
});

it('takes no link for a client that has left already', async () => {
  let left = false;
  const server = new Stage((self, request, response) => {
    request.socket.on('close', () => {
      left = true;
      serveSse(self.engine, request, response, { identity, device: 'd', refuse: self.refusal(response) });
    });
  });
  await server.open();
  const client = await server.client(REQUEST);
  client.socket.destroy();
  await until(() => left);
  expect(server.engine.links).toEqual([]);
  await server.close();
});

it('waits for its turn behind a pipelined request, and notices when both are gone', async () => {
  const { client, link, told } = await arrived(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${REQUEST}`);
  link.send([connected(), frame(push('@me', 1))]);
  expect(link.bufferedBytes()).toBeGreaterThan(0);
  client.socket.destroy();
  await until(() => told.length > 0);
  expect([told, client.text]).toEqual([['closed'], '']);
});

it('tells when a slow client has taken everything', async () => {
  const { client, link, told } = await opened();
  client.socket.pause();
  const large = frame(push('@me', 1, { data: 'x'.repeat(64 * 1024) }));
  for (let i = 0; i < 400 && link.bufferedBytes() < 1 << 20; i++) link.send([large, large]);
  expect(link.bufferedBytes()).toBeGreaterThan(1 << 19);
  expect(told).toEqual([]);
  client.socket.resume();
  await until(() => told.includes('drained'));
  expect(link.bufferedBytes()).toBe(0);
});

it('cuts off a client that does not take the end of its stream', async () => {
  const { client, link, told } = await opened();
  client.socket.pause();
  const large = frame(push('@me', 1, { data: 'x'.repeat(1 << 20) }));
  for (let i = 0; i < 20; i++) link.send([large]);
  link.send([bye(CLOSE.slowConsumer)]);
  link.close(CLOSE.slowConsumer);
  await clock.advance(4999);
  expect(told).toEqual([]);
  await clock.advance(1);
  await until(() => told.length > 0);
  expect(told).toEqual(['closed']);
});

it('works for HTTP/1.0, for a keep-alive agent and for fetch', async () => {
  const old = await opened('GET /sse HTTP/1.0\r\n\r\n');
  expect(old.client.text).toContain('Connection: close');
  const agent = new Agent({ keepAlive: true });
  const body = new Promise<string>((resolve) => {
    get(stage.url, { agent }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    });
  });
  await until(() => stage.engine.links.length === 2);
  const { link } = stage.engine.newest;
  link.send([connected()]);
  link.close(CLOSE.draining);
  expect(await body).toContain('event: connected');
  agent.destroy();
  const fetching = fetch(stage.url);
  await until(() => stage.engine.links.length === 3);
  stage.engine.newest.link.send([connected(), frame(push('@me', 1))]);
  stage.engine.newest.link.close(CLOSE.draining);
  expect(await (await fetching).text()).toContain('id: 1.ee1.m1');
});

it('refuses an id that is not one of ours before it answers anything', async () => {
  let thrown: unknown;
  const server = new Stage((self, request, response) => {
    try {
      serveSse(self.engine, request, response, {
        identity,
        device: 'd',
        lastEventId: '41',
        refuse: self.refusal(response),
      });
    } catch (error) {
      thrown = error;
      response.end();
    }
  });
  await server.open();
  await (await fetch(server.url)).text();
  expect(thrown).toMatchObject({ code: 'INVALID', field: 'Last-Event-ID' });
  expect(server.engine.links).toEqual([]);
  await server.close();
});
