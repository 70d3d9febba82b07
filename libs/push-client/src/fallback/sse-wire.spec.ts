import { info, push, pushes } from '../testing/fake-server.js';
import { fallbackHarness } from '../testing/harness.js';
import { settled } from '../testing/manual-clock.js';

describe('over server-sent events', () => {
  it('acknowledgements are gathered for 500 ms, one a stream', async () => {
    const { toSse, clock, http } = fallbackHarness();
    const sse = await toSse({ '@me': info(), news: info() });
    for (let seq = 1; seq <= 10; seq += 1) {
      await sse.say(push(seq), push(seq, 'news'));
      await clock.advance(50);
    }
    expect(http.of('POST ack')).toEqual([]);
    await clock.advance(50);
    await http.last('POST ack').answer(undefined, 204);
    await http.last('POST ack').answer(undefined, 204);
    expect(http.of('POST ack').map(({ body }) => body)).toEqual([
      { s: '@me', seq: 10 },
      { s: 'news', seq: 10 },
    ]);
    expect(http.last('POST ack').query).toEqual({ device: 'd1' });
  });

  it('one that does not arrive is tried again after a pause, with what has come since', async () => {
    const { toSse, clock, http } = fallbackHarness();
    const sse = await toSse();
    await sse.say(push(1));
    await clock.advance(550);
    await http.last('POST ack').answer('<html>bad gateway</html>', 502);
    await sse.say(push(2));
    await clock.advance(1_999);
    expect(http.of('POST ack')).toHaveLength(1);
    await clock.advance(1);
    expect(http.last('POST ack').body).toEqual({ s: '@me', seq: 2 });
    // Not answered at all counts as failed, too.
    await clock.advance(5_000 + 4_000);
    expect(http.of('POST ack')).toHaveLength(3);
  });

  it('one that the server refuses is told, and not tried again', async () => {
    const { toSse, clock, http, codes } = fallbackHarness();
    const sse = await toSse();
    await sse.say(push(1));
    await clock.advance(550);
    await http.last('POST ack').problem(404, 'NOT_FOUND');
    await clock.advance(60_000);
    expect(http.of('POST ack')).toHaveLength(1);
    expect(codes()).toContain('NOT_FOUND');
  });

  it('nothing is acknowledged by Last-Event-ID', async () => {
    const { toSse, clock, http } = fallbackHarness();
    const sse = await toSse();
    await sse.say(push(1));
    sse.end();
    await clock.advance(1_000);
    expect(http.of('GET sse')).toHaveLength(2);
    expect(Object.keys(http.last('GET sse').request.headers)).toEqual(['Authorization']);
  });

  it('close() posts what was handled, and waits for it', async () => {
    const { toSse, client, http, clock } = fallbackHarness();
    const sse = await toSse();
    await sse.say(push(1));
    let isClosed = false;
    const closing = client.close().then(() => (isClosed = true));
    await settled();
    expect(http.last('POST ack').body).toEqual({ s: '@me', seq: 1 });
    expect(isClosed).toBe(false);
    await http.last('POST ack').answer(undefined, 204);
    await closing;
    expect(clock.pending).toBe(0);
  });

  it('close() does not wait longer than 5 s', async () => {
    const { toSse, client, clock } = fallbackHarness();
    await (await toSse()).say(push(1));
    const closing = client.close();
    await clock.advance(5_000);
    await closing;
    expect(client.state).toBe('closed');
  });

  it('read marks are posted', async () => {
    const { toSse, client, clock, http } = fallbackHarness();
    await toSse();
    client.markRead({ seq: 3, thread: 'room-7' });
    client.markRead({ seq: 4, thread: 'room-7' });
    await clock.advance(500);
    await http.last('POST read').answer({ unread: 0 });
    expect(http.of('POST read').map(({ body }) => body)).toEqual([{ s: '@me', seq: 4, thread: 'room-7' }]);
  });

  it('signals, read marks and recalls arrive', async () => {
    const { toSse, client } = fallbackHarness();
    const heard: string[] = [];
    for (const event of ['signal', 'read', 'recall'] as const) client.on(event, ({ op }) => heard.push(op));
    await (
      await toSse()
    ).say(
      { op: 'signal', type: 'typing' },
      { op: 'read', s: '@me', seq: 1, unread: 0 },
      { op: 'recall', s: '@me', seq: 1, id: 'm1' },
    );
    expect(heard).toEqual(['signal', 'read', 'recall']);
  });

  it('topics of the options are asked for in the request', async () => {
    const { toSse, http, codes, shown } = fallbackHarness({ follow: ['news', 'a&b'] });
    const sse = await toSse({ '@me': info(), news: info() });
    expect(http.last('GET sse').url.searchParams.getAll('follow')).toEqual(['news', 'a&b']);
    await sse.say(push(1, 'news'));
    expect(shown).toEqual(['news:1']);
    // The other one was refused, which is told and does not begin the stream anew.
    expect(codes()).toEqual(['NOT_ALLOWED']);
    expect(http.of('GET sse')).toHaveLength(1);
  });

  it('following begins the stream anew, and its connected is the answer', async () => {
    const { toSse, client, http, shown, ends, clock } = fallbackHarness();
    const sse = await toSse();
    await sse.say(push(1));
    const [good, bad] = [client.follow('news'), client.follow('secret')];
    expect(sse.isAborted).toBe(true);
    const next = http.last('GET sse');
    expect(next.url.searchParams.getAll('follow')).toEqual(['news', 'secret']);
    next.head();
    await next.say({
      op: 'connected',
      streams: { '@me': info({ from: 0, head: 2 }), news: info({ from: 4, head: 4 }) },
    });
    await good;
    await expect(bad).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await next.say(...pushes(1, 2), push(5, 'news'));
    expect(shown).toEqual(['@me:1', '@me:2', 'news:5']);
    expect(ends).toHaveLength(1);
    await clock.advance(550);
    expect(http.last('POST ack').body).toEqual({ s: '@me', seq: 2 });
  });

  it('leaving a topic is not possible, and says so', async () => {
    const { toSse, client } = fallbackHarness({ follow: ['news'] });
    await toSse({ '@me': info(), news: info() });
    await expect(client.unfollow('news')).rejects.toMatchObject({ code: 'CLIENT_TRANSPORT' });
  });

  it('is not read on while handlers are behind, and is not taken for dead meanwhile', async () => {
    const { toSse, client, clock } = fallbackHarness({}, {}, false);
    const sse = await toSse();
    const finish: (() => void)[] = [];
    client.on('message', () => new Promise<void>((resolve) => finish.push(resolve)));
    for (let from = 1; from < 5_000; from += 50) await sse.say(...pushes(from, from + 49));
    await clock.advance(60_000);
    expect(client.transport).toBe('sse');
    let handled = 0;
    for (; finish.length > 0; handled += 1) {
      finish.pop()?.();
      await (handled % 50 === 0 ? clock.advance(50) : settled());
    }
    expect(handled).toBe(5_000);
    expect(client.position('@me')?.seq).toBe(5_000);
  });

  it('silence ends it: comments are a sign of life, nothing else is asked for', async () => {
    const { toSse, clock, ends } = fallbackHarness({}, { climb: { baseMs: 1e9, capMs: 1e9 } });
    const sse = await toSse();
    await clock.advance(24_000);
    sse.write(':\n\n');
    await clock.advance(34_999);
    expect(ends).toHaveLength(1);
    await clock.advance(1);
    expect(ends.at(-1)).toMatchObject({ code: 4000, reason: 'no heartbeat', wasConnected: true });
    expect(sse.isAborted).toBe(true);
  });

  it.each<[number, string, object]>([
    [401, 'UNAUTHORIZED', { code: 3500, reconnect: false }],
    [403, 'NOT_ALLOWED', { code: 3500, reconnect: false }],
    [401, 'REVOKED', { code: 3502, reconnect: false }],
    [403, 'REFUSED', { code: 3502, reconnect: false }],
    [503, 'DRAINING', { code: 3004, reconnect: true }],
    [429, 'RATE_LIMITED', { code: 3004, reconnect: true }],
    [404, 'NOT_FOUND', { code: 1006, reconnect: true }],
  ])('a refusal %i %s is what the close code would be', async (status, code, expected) => {
    const { client, clock, http, ends } = fallbackHarness();
    void client.connect();
    await clock.advance(15_500);
    await http.last('GET sse').problem(status, code);
    expect(ends.at(-1)).toMatchObject({ ...expected, reason: `no: ${code}` });
  });

  it('a token that is too old is replaced at once', async () => {
    const reasons: string[] = [];
    const { client, clock, http } = fallbackHarness({ token: (reason) => `jwt-${reasons.push(reason)}` });
    void client.connect();
    await clock.advance(15_500);
    await http.last('GET sse').problem(401, 'TOKEN_EXPIRED');
    expect(http.last('GET sse').request.headers.Authorization).toBe('Bearer jwt-3');
    expect(reasons).toEqual(['connect', 'connect', 'expired']);
  });

  it('comes back when Retry-After says, and not with everybody else at that moment', async () => {
    const { toSse, clock, http } = fallbackHarness();
    const sse = await toSse();
    await clock.advance(5_000);
    sse.end();
    await clock.advance(500);
    await http.last('GET sse').problem(503, 'OVERLOADED', { 'Retry-After': '7' });
    await clock.advance(13_999);
    expect(http.of('GET sse')).toHaveLength(2);
    await clock.advance(1);
    expect(http.of('GET sse')).toHaveLength(3);
  });

  it('comes back when a bye says', async () => {
    const { toSse, clock, http } = fallbackHarness();
    const sse = await toSse();
    await clock.advance(5_000);
    await sse.say({ op: 'bye', code: 3000, reconnect: true, afterMs: 1_830 });
    await clock.advance(1_829);
    expect(http.of('GET sse')).toHaveLength(1);
    await clock.advance(1);
    expect(http.of('GET sse')).toHaveLength(2);
  });

  it('a page of a proxy in its place is an attempt that failed', async () => {
    const { client, clock, http, ends } = fallbackHarness();
    void client.connect();
    await clock.advance(15_500);
    await http.last('GET sse').answer('<html>Please log in</html>');
    expect(ends.at(-1)).toMatchObject({ code: 1006, wasConnected: false, reconnect: true });
  });

  it('an event without end is given up', async () => {
    const { toSse, ends, codes } = fallbackHarness();
    const sse = await toSse();
    for (let at = 0; at < 20; at += 1) sse.write('x'.repeat(64 * 1024));
    await settled();
    await settled();
    expect(codes()).toEqual(['CLIENT_BAD_FRAME']);
    expect(ends.at(-1)?.reason).toBe('an event without end');
    expect(sse.isAborted).toBe(true);
  });
});
