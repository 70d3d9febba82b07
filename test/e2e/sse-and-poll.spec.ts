import { RawClient } from '../support/raw-client.js';
import { CurlStream } from '../support/curl-stream.js';
import { dice } from '../support/dice.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess, type Answer } from '../support/server.js';

const ORIGIN = 'https://app.example.com';
let server: ServerProcess;
const streams: CurlStream[] = [];
let users = 0;

beforeAll(async () => {
  server = await ServerProcess.start({ env: { PUSH_ALLOWED_ORIGINS: ORIGIN } });
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.drop()));
});
afterAll(() => server.remove());

const newUser = () => `u${++users}`;
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

function sse(token: string, query: string, headers: Record<string, string> = {}): CurlStream {
  const stream = CurlStream.open(`${server.url}/v1/sse?${query}`, { ...bearer(token), ...headers });
  streams.push(stream);
  return stream;
}
const call = (
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => server.call(method, path, { key: token, body, headers });
const poll = async (token: string, device: string, after?: string, waitMs = 0) =>
  (
    await call(
      token,
      'GET',
      `/v1/poll?device=${device}&waitMs=${waitMs}${after === undefined ? '' : `&after=${after}`}`,
    )
  ).body;
const seqsOf = (body: { entries: { seq: number }[] }) => body.entries.map(({ seq }) => seq);
const publishMany = (user: string, count: number, from = 1) =>
  server.call('POST', '/v1/messages/batch', {
    body: { messages: Array.from({ length: count }, (_, i) => ({ to: { users: [user] }, type: 'x', data: from + i })) },
  });
const delivered = async (id: string) =>
  (await server.call('GET', `/v1/messages/${id}`)).body.counts.delivered as number;

describe('server-sent events', () => {
  it('gives curl what is published, and after a break what it missed, once', async () => {
    const user = newUser();
    const token = await server.token(user);
    const first = await sse(token, 'device=d1').connected();
    expect(first.head).toContain('Content-Type: text/event-stream; charset=utf-8');
    const ids = [await server.publish(user, 1), await server.publish(user, 2), await server.publish(user, 3)];
    await first.pushes(3);
    expect(first.of('push').map(({ data }) => data.data)).toEqual([1, 2, 3]);
    await first.drop();
    await publishMany(user, 3, 4);

    const second = await sse(token, 'device=d1', { 'Last-Event-ID': first.lastEventId }).pushes(3);
    expect(second.seqs).toEqual([4, 5, 6]);
    expect(second.of('connected')[0]!.data.streams['@me']).toMatchObject({ from: 3, head: 6, recovery: 'complete' });
    // Coming back with the id acknowledged what came before it.
    await eventually(async () => (await delivered(ids[2]!)) === 1);
    await second.drop();

    // Twice in a row, with nothing in between, and with an id of long ago.
    const third = await sse(token, 'device=d1', { 'Last-Event-ID': second.lastEventId }).connected();
    await third.drop();
    const fourth = await sse(token, 'device=d1', { 'Last-Event-ID': first.lastEventId }).pushes(3);
    expect([third.seqs, fourth.seqs]).toEqual([[], [4, 5, 6]]);
  });

  it('takes the id from the URL too, and the header before it', async () => {
    const user = newUser();
    const token = await server.token(user);
    const first = await sse(token, 'device=d1').connected();
    await publishMany(user, 3);
    await first.pushes(3);
    const [one, two] = first.of('push');
    await first.drop();
    expect((await sse(token, `device=d1&lastEventId=${one!.id}`).pushes(2)).seqs).toEqual([2, 3]);
    const both = await sse(token, `device=d1&lastEventId=${one!.id}`, { 'Last-Event-ID': two!.id! }).pushes(1);
    expect(both.seqs).toEqual([3]);
  });

  it('follows topics, and one id covers all streams', async () => {
    const user = newUser();
    const token = await server.token(user, { topics: ['sse-*', 'räume.*', 'sse.a', 'sse.b'] });
    const first = await sse(token, 'device=d1&follow=sse.a,sse.b&follow=r%C3%A4ume.7').connected();
    expect(Object.keys(first.of('connected')[0]!.data.streams).sort()).toEqual(['@me', 'räume.7', 'sse.a', 'sse.b']);
    for (const topic of ['sse.a', 'räume.7', 'sse.a']) {
      await server.call('POST', '/v1/messages', { body: { to: { topics: [topic] }, type: 'x' } });
    }
    await server.publish(user, 1);
    await first.pushes(4);
    await first.drop();
    await server.call('POST', '/v1/messages', { body: { to: { topics: ['sse.a', 'sse.b'] }, type: 'x' } });
    const second = await sse(token, 'device=d1', { 'Last-Event-ID': first.lastEventId }).pushes(2);
    expect(
      second
        .of('push')
        .map(({ data }) => `${data.s} ${data.seq}`)
        .sort(),
    ).toEqual(['sse.a 3', 'sse.b 1']);
  });

  it('loses nothing when the server is killed, though nobody acknowledged', async () => {
    const user = newUser();
    const own = await ServerProcess.start();
    const token = await own.token(user);
    const stream = CurlStream.open(`${own.url}/v1/sse?device=d1`, bearer(token));
    await stream.connected();
    await own.publish(user, 1);
    await own.publish(user, 2);
    await stream.pushes(2);
    await own.end('SIGKILL');
    const again = await own.restart();
    await again.publish(user, 3);
    const back = CurlStream.open(`${again.url}/v1/sse?device=d1`, {
      ...bearer(token),
      'Last-Event-ID': stream.of('push')[0]!.id!,
    });
    await back.pushes(2);
    expect(back.seqs).toEqual([2, 3]);
    await back.drop();
    await again.remove();
  });

  it('says goodbye when the server goes, and when to come back', async () => {
    const own = await ServerProcess.start();
    const token = await own.token('u1');
    const stream = await CurlStream.open(`${own.url}/v1/sse?device=d1`, bearer(token)).connected();
    const waiting = fetch(`${own.url}/v1/poll?device=d2&waitMs=30000`, { headers: bearer(token) });
    await eventually(async () => (await own.call('GET', '/v1/users/u1/presence')).body.devices.length === 2);
    const exit = own.end('SIGTERM');
    await stream.until(() => stream.ended);
    const [bye] = stream.of('bye');
    expect(bye).toMatchObject({ data: { code: 3000, reconnect: true } });
    expect(bye!.retry).toBe(bye!.data.afterMs);
    const answer = await waiting;
    expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
    expect(await exit).toMatchObject({ code: 0 });
    await own.remove();
  });

  it('gives way to a newer connection of the device, and keeps a browser from taking it back at once', async () => {
    const token = await server.token(newUser());
    const older = await sse(token, 'device=d1').connected();
    const newer = await sse(token, 'device=d1').connected();
    await older.until(() => older.ended);
    expect(older.of('bye')).toMatchObject([{ data: { code: 3003, reconnect: false }, retry: 86_400_000 }]);
    expect(newer.ended).toBe(false);
  });
});

describe('long poll', () => {
  it('under load, and with answers that get lost, loses nothing and shows nothing twice', async () => {
    const user = newUser();
    const token = await server.token(user);
    const random = dice(7);
    let { cursor } = await poll(token, 'd1');
    const seen: number[] = [];
    const publishing = (async () => {
      for (let i = 0; i < 20; i++) await publishMany(user, 25, i * 25 + 1);
    })();
    let lost = 0;
    while (seen.length < 500) {
      const leaving = new AbortController();
      const asking = fetch(`${server.url}/v1/poll?device=d1&waitMs=5000&after=${cursor}`, {
        headers: bearer(token),
        signal: leaving.signal,
      });
      if (random() < 0.3) {
        setTimeout(() => leaving.abort(), random() * 20);
        lost++;
      }
      try {
        const body = (await (await asking).json()) as { entries: { data: number; seq: number }[]; cursor: string };
        seen.push(...body.entries.map(({ data }) => data));
        ({ cursor } = body);
      } catch (error) {
        if (!leaving.signal.aborted) throw error;
      }
    }
    await publishing;
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(lost).toBeGreaterThan(0);
    expect(seqsOf(await poll(token, 'd1', cursor))).toEqual([]);
  });

  it('answers a poll that waits as soon as something is published', async () => {
    const user = newUser();
    const token = await server.token(user);
    const { cursor } = await poll(token, 'd1');
    const began = performance.now();
    const waiting = poll(token, 'd1', cursor, 20_000);
    await eventually(async () => (await server.call('GET', `/v1/users/${user}/presence`)).body.online === true);
    await server.publish(user, 1);
    expect(await waiting).toMatchObject({ entries: [{ op: 'push', s: '@me', seq: 1, data: 1 }], recovery: 'complete' });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('acknowledges with the next poll, and repeats what was not acknowledged', async () => {
    const user = newUser();
    const token = await server.token(user);
    const start = await poll(token, 'd1');
    const id = await server.publish(user, 1);
    const one = await poll(token, 'd1', start.cursor);
    const again = await poll(token, 'd1', start.cursor);
    expect([seqsOf(one), seqsOf(again)]).toEqual([[1], [1]]);
    expect(await delivered(id)).toBe(0);
    expect(seqsOf(await poll(token, 'd1', again.cursor))).toEqual([]);
    expect(await delivered(id)).toBe(1);
    // Without a cursor it continues where the device stopped.
    expect(seqsOf(await poll(token, 'd1'))).toEqual([]);
  });

  it('gives way to a newer poll at once, with the cursor as it was', async () => {
    const user = newUser();
    const token = await server.token(user);
    const { cursor } = await poll(token, 'd1');
    const older = poll(token, 'd1', cursor, 30_000);
    await eventually(async () => (await server.call('GET', `/v1/users/${user}/presence`)).body.online === true);
    const newer = poll(token, 'd1', cursor, 30_000);
    expect(await older).toEqual({ entries: [], cursor, recovery: 'complete' });
    await server.publish(user, 1);
    expect(seqsOf(await newer)).toEqual([1]);
  });

  it('counts the device as connected between polls', async () => {
    const user = newUser();
    const token = await server.token(user);
    await poll(token, 'd1');
    const { body } = await server.call('GET', `/v1/users/${user}/presence`);
    expect(body).toMatchObject({ online: true, devices: [{ device: 'd1', online: true, transport: 'poll' }] });
  });

  it('tells of a read mark once, and does not spin on it', async () => {
    const user = newUser();
    const token = await server.token(user);
    await poll(token, 'd1');
    await server.publish(user, 1);
    const got = await poll(token, 'd1');
    await call(token, 'POST', '/v1/read?device=other', { s: '@me', seq: 1 });
    const told = await poll(token, 'd1', got.cursor);
    expect(told.events).toEqual([{ op: 'read', s: '@me', seq: 1, unread: 0 }]);
    const began = performance.now();
    expect(await poll(token, 'd1', told.cursor, 300)).not.toHaveProperty('events');
    expect(performance.now() - began).toBeGreaterThan(250);
  });
});

it('moves one device from WebSocket to SSE to poll and back: nothing lost, nothing again', async () => {
  const user = newUser();
  const token = await server.token(user, { device: 'd1' });
  const { client } = await RawClient.connect(server.socketUrl, { token, device: 'd1' });
  await publishMany(user, 3);
  await client.pushes(3);
  client.ack(2);
  await client.settled();
  await client.close();

  const stream = await sse(token, '').pushes(1);
  expect(stream.seqs).toEqual([3]);
  await publishMany(user, 2, 4);
  await stream.pushes(3);
  const id = stream.of('push').find(({ data }) => data.seq === 4)!.id!;
  await stream.drop();

  // An id of the stream is a cursor of the poll.
  const first = (await call(token, 'GET', `/v1/poll?waitMs=0&after=${id}`)).body;
  expect(seqsOf(first)).toEqual([5]);
  await server.publish(user, 6);
  const second = (await call(token, 'GET', `/v1/poll?waitMs=0&after=${first.cursor}`)).body;
  expect(seqsOf(second)).toEqual([6]);
  const back = await sse(token, '', { 'Last-Event-ID': second.cursor }).connected();
  await server.publish(user, 7);
  await back.pushes(1);
  expect((await call(token, 'POST', '/v1/ack', { s: '@me', seq: 7 })).status).toBe(204);
  await back.drop();

  const again = await RawClient.connect(server.socketUrl, { token, device: 'd1' });
  expect(again.connected.streams['@me']).toMatchObject({ from: 7, head: 7, recovery: 'complete' });
  await server.publish(user, 8);
  expect((await again.client.pushes(1)).map(({ seq }) => seq)).toEqual([8]);
  await again.client.close();
});

describe('POST /v1/ack and /v1/read', () => {
  it('acknowledges in between, so that a stream goes on without coming back', async () => {
    const user = newUser();
    const token = await server.token(user);
    const stream = await sse(token, 'device=d1').connected();
    const id = await server.publish(user, 1);
    await stream.pushes(1);
    expect(await delivered(id)).toBe(0);
    expect((await call(token, 'POST', '/v1/ack?device=d1', { s: '@me', seq: 1 })).status).toBe(204);
    expect(await delivered(id)).toBe(1);
    const beyond = await call(token, 'POST', '/v1/ack?device=d1', { s: '@me', seq: 99 });
    expect([beyond.status, beyond.body.code]).toEqual([400, 'INVALID']);
    expect(stream.ended).toBe(false);
  });

  it("tells the user's other devices what was read", async () => {
    const user = newUser();
    const token = await server.token(user);
    const other = await sse(token, 'device=d2').connected();
    await poll(token, 'd1');
    await server.publish(user, 1, { thread: 'r1' });
    await server.publish(user, 2, { thread: 'r1' });
    const answer = await call(token, 'POST', '/v1/read?device=d1', { s: '@me', seq: 1, thread: 'r1' });
    expect([answer.status, answer.body]).toEqual([200, { unread: 1 }]);
    await other.until(() => other.of('read').length > 0);
    expect(other.of('read')[0]).toEqual({
      event: 'read',
      data: { op: 'read', s: '@me', seq: 1, thread: 'r1', unread: 1 },
    });
  });
});

describe('who may come in', () => {
  it('a ticket opens one stream, once', async () => {
    const user = newUser();
    const token = await server.token(user);
    const issued = await call(token, 'POST', '/v1/tickets');
    expect(issued.status).toBe(201);
    expect(issued.body.expiresAt - Date.now()).toBeGreaterThan(20_000);
    expect(issued.body.expiresAt - Date.now()).toBeLessThan(31_000);
    const url = `${server.url}/v1/sse?device=d1&ticket=${encodeURIComponent(issued.body.ticket)}`;
    const stream = await CurlStream.open(url).connected();
    await server.publish(user, 1);
    await stream.pushes(1);
    await stream.drop();
    const again = await fetch(url);
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([401, 'UNAUTHORIZED']);
    const other = (await call(token, 'POST', '/v1/tickets')).body.ticket as string;
    expect((await call('', 'GET', `/v1/poll?device=d1&ticket=${other}`)).status).toBe(400);
    expect((await fetch(`${server.url}/v1/sse?device=d1&ticket=${other}x`)).status).toBe(401);
    expect(server.output).not.toContain(other);
  });

  it('no token is taken from a URL, and none is written down', async () => {
    const token = await server.token(newUser());
    for (const name of ['token', 'access_token']) {
      for (const path of ['/v1/sse', '/v1/poll']) {
        const answer = await server.call('GET', `${path}?device=d1&${name}=${token}`, { key: null });
        expect([answer.status, answer.body.code, answer.body.field]).toEqual([400, 'UNKNOWN_FIELD', name]);
        expect(JSON.stringify(answer.body)).not.toContain(token);
      }
    }
    expect(server.output).not.toContain(token);
  });

  it('answers problems, before anything of a stream', async () => {
    const user = newUser();
    const token = await server.token(user, { device: 'd1' });
    const any = await server.token(user);
    const outcome = async (key: string | null, path: string, headers: Record<string, string> = {}) => {
      const answer = await server.call('GET', path, { key, headers });
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      return [answer.status, answer.body.code, answer.body.field];
    };
    for (const path of ['/v1/sse', '/v1/poll']) {
      expect(await outcome(null, `${path}?device=d1`)).toEqual([401, 'UNAUTHORIZED', undefined]);
      expect(await outcome('x.y.z', `${path}?device=d1`)).toEqual([401, 'UNAUTHORIZED', undefined]);
      expect(await outcome(server.keys.apiKey, `${path}?device=d1`)).toEqual([401, 'UNAUTHORIZED', undefined]);
      expect(await outcome(any, path)).toEqual([400, 'INVALID', 'device']);
      expect(await outcome(token, `${path}?device=d2`)).toEqual([403, 'NOT_ALLOWED', 'device']);
      expect(await outcome(token, `${path}?since=1`)).toEqual([400, 'UNKNOWN_FIELD', 'since']);
    }
    expect(await outcome(token, '/v1/sse', { 'Last-Event-ID': '41' })).toEqual([400, 'INVALID', 'Last-Event-ID']);
    expect(await outcome(token, '/v1/sse?lastEventId=41')).toEqual([400, 'INVALID', 'lastEventId']);
    expect(await outcome(token, '/v1/poll?after=41')).toEqual([400, 'INVALID', 'after']);
    const stream = await sse(await server.token(user), 'device=d3').connected();
    await server.call('POST', `/v1/users/${user}/disconnect`);
    await stream.until(() => stream.ended);
    expect(stream.of('bye')[0]!.data).toMatchObject({ code: 3502, reconnect: false });
    expect(await outcome(any, '/v1/poll?device=d3')).toEqual([401, 'REVOKED', undefined]);
  });

  it('refuses pages of other origins, and lets those on the list read what they get', async () => {
    const token = await server.token(newUser());
    const foreign = [
      'https://evil.example',
      'null',
      `${ORIGIN}.evil.com`,
      'http://app.example.com',
      `${ORIGIN}:8443`,
      server.url,
    ];
    for (const origin of foreign) {
      for (const path of ['/v1/sse?device=d1', '/v1/poll?device=d1&waitMs=0']) {
        const answer = await call(token, 'GET', path, undefined, { Origin: origin });
        expect([answer.status, answer.body.code, answer.headers.get('access-control-allow-origin')]).toEqual([
          403,
          'NOT_ALLOWED',
          null,
        ]);
        const preflight = await fetch(server.url + path, {
          method: 'OPTIONS',
          headers: {
            Origin: origin,
            'Access-Control-Request-Method': 'GET',
            'Access-Control-Request-Headers': 'authorization',
          },
        });
        expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
    const stream = await sse(token, 'device=d1', { Origin: ORIGIN }).connected();
    expect(stream.head).toContain(`Access-Control-Allow-Origin: ${ORIGIN}\r\n`);
    expect(stream.head).toContain('Vary: Origin');
    const preflight = await fetch(`${server.url}/v1/sse`, {
      method: 'OPTIONS',
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Last-Event-ID');
  });
});
