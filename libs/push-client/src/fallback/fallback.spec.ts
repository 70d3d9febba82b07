import { PushClient } from '../push-client.js';
import { info, push, pushes } from '../testing/fake-server.js';
import { fallbackHarness } from '../testing/harness.js';
import { settled } from '../testing/manual-clock.js';
import { fallback } from './fallback.js';

describe('falling back', () => {
  it('does not happen while WebSockets get through', async () => {
    const { greet, client, http, transports, clock } = fallbackHarness();
    await greet();
    await clock.advance(10_000);
    expect(client.transport).toBe('websocket');
    expect(transports).toEqual(['→websocket']);
    expect(http.requests).toEqual([]);
  });

  it('happens after two sockets that close before connected', async () => {
    const { client, clock, server, http } = fallbackHarness();
    void client.connect();
    await settled();
    server.last.drop();
    await clock.advance(500);
    expect(http.requests).toEqual([]);
    server.last.drop();
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
    expect(http.last('GET sse').url.href).toBe('http://push.test/v1/sse?device=d1');
    expect(http.last('GET sse').request.headers.Authorization).toBe('Bearer jwt');
  });

  it('happens after one that is not answered in time', async () => {
    const { toSse, client, transports, ends } = fallbackHarness();
    await toSse();
    expect(client.state).toBe('connected');
    expect(client.transport).toBe('sse');
    expect(transports).toEqual(['→sse']);
    expect(ends).toEqual([{ code: 4000, reason: 'no answer to connect', wasConnected: false, reconnect: true }]);
  });

  it('happens after one that cannot be made', async () => {
    const { client, clock, http, codes } = fallbackHarness({
      socket: () => {
        throw new Error('blocked by policy');
      },
    });
    void client.connect();
    await clock.advance(500);
    expect(http.of('GET sse')).toHaveLength(1);
    expect(codes()).toEqual(['CLIENT_CONNECT_FAILED']);
  });

  it('happens where there is no WebSocket at all', async () => {
    const platform = globalThis as { WebSocket?: unknown };
    const kept = platform.WebSocket;
    platform.WebSocket = undefined;
    const { client, clock, http, errors } = fallbackHarness({ socket: undefined });
    void client.connect();
    await clock.advance(500);
    platform.WebSocket = kept;
    expect(http.of('GET sse')).toHaveLength(1);
    expect(errors.map(({ cause }) => (cause as { code?: string }).code)).toEqual(['CLIENT_NO_WEBSOCKET']);
  });

  it('does not happen at once where WebSockets worked a moment ago', async () => {
    const { greet, server, clock, http } = fallbackHarness({ backoff: { baseMs: 100, capMs: 100 } });
    await greet();
    await clock.advance(5_000);
    for (let at = 0; at < 6; at += 1) {
      expect(http.requests).toEqual([]);
      server.last.drop();
      await clock.advance(100);
    }
    server.last.drop();
    await clock.advance(100);
    expect(http.of('GET sse')).toHaveLength(1);
  });

  it('does not happen where the server itself says no', async () => {
    const { client, server, clock, http } = fallbackHarness({ backoff: { baseMs: 100, capMs: 100 } });
    void client.connect();
    await settled();
    for (let at = 0; at < 9; at += 1) {
      server.last.open();
      server.last.say({ op: 'bye', code: 3004, reconnect: true, afterMs: 100 });
      await clock.advance(100);
    }
    expect(server.sockets).toHaveLength(10);
    expect(http.requests).toEqual([]);
  });

  it('goes on to long poll where an event stream does not begin, or its first event does not come', async () => {
    for (const hasHeaders of [true, false]) {
      const { client, clock, server, http, transports } = fallbackHarness();
      void client.connect();
      await settled();
      server.last.open();
      await clock.advance(15_500);
      if (hasHeaders) http.last('GET sse').head();
      await clock.advance(14_999);
      expect(http.last('GET sse').isAborted).toBe(false);
      await clock.advance(1);
      expect(http.last('GET sse').isAborted).toBe(true);
      await clock.advance(1_000);
      expect(http.last('GET poll').query).toEqual({ device: 'd1', waitMs: '0' });
      await http.last('GET poll').answer({ entries: [], cursor: 'c0', recovery: 'complete' });
      expect(client.transport).toBe('poll');
      expect(transports).toEqual(['→poll']);
    }
  });

  it('begins again at the top where nothing gets through', async () => {
    const { client, clock, server, http } = fallbackHarness({ backoff: { baseMs: 100, capMs: 100 } });
    void client.connect();
    await settled();
    for (let at = 0; at < 2; at += 1) {
      server.last.drop();
      await clock.advance(100);
    }
    for (let at = 0; at < 2; at += 1) {
      http.last('GET sse').fail();
      await clock.advance(100);
    }
    for (let at = 0; at < 2; at += 1) {
      http.last('GET poll').fail();
      await clock.advance(100);
    }
    expect(server.sockets).toHaveLength(3);
    expect(http.requests).toHaveLength(4);
  });

  it('waits between attempts as ever: longer each time, jittered as a whole', async () => {
    const { client, clock, server, http } = fallbackHarness({
      random: () => 0.5,
      backoff: { baseMs: 1_000, capMs: 4_000 },
    });
    void client.connect();
    await settled();
    const attempts = () => server.sockets.length + http.requests.length;
    for (const pause of [500, 1_000, 2_000, 2_000, 2_000]) {
      const count = attempts();
      if (http.requests.length > 0) http.requests.at(-1)?.fail();
      else server.last.drop();
      await clock.advance(pause - 1);
      expect(attempts()).toBe(count);
      await clock.advance(1);
      expect(attempts()).toBe(count + 1);
    }
  });

  it('keeps everything that was seen: nothing is shown twice', async () => {
    const { greet, server, clock, http, shown } = fallbackHarness({ backoff: { baseMs: 100, capMs: 100 } });
    (await greet()).say(...pushes(1, 3));
    server.last.drop();
    await clock.advance(100);
    server.last.drop();
    await clock.advance(100);
    const sse = http.last('GET sse');
    sse.head();
    await sse.say({ op: 'connected', streams: { '@me': info({ from: 1, head: 4 }) } }, ...pushes(2, 4));
    expect(shown).toEqual(['@me:1', '@me:2', '@me:3', '@me:4']);
    await clock.advance(550);
    expect(http.of('POST ack').map(({ body }) => body)).toEqual([{ s: '@me', seq: 4 }]);
  });

  it('takes what it is given: transports, another address', async () => {
    const { client, clock, http } = fallbackHarness({}, { httpUrl: 'https://other.test/push/v1' });
    void client.connect();
    await clock.advance(15_500);
    expect(http.last('GET sse').url.href).toBe('https://other.test/push/v1/sse?device=d1');
    expect(() => fallback({ transports: [] })).toThrow('transports');
    expect(() => fallback({ httpUrl: 'push.test' })).toThrow('httpUrl');
    expect(() => fallback({ climb: { baseMs: 0 } })).toThrow('climb.baseMs');
  });

  it('begins each client at the top, whatever another one met', async () => {
    const transport = fallback({ fetch: () => Promise.reject(new Error('no')) });
    const first = fallbackHarness({ transport });
    void first.client.connect();
    await first.clock.advance(15_500);
    const second = fallbackHarness({ transport });
    await second.greet();
    expect(second.client).toBeInstanceOf(PushClient);
    expect(second.client.transport).toBe('websocket');
  });
});

describe('climbing back', () => {
  it('tries WebSocket after a while, and moves over at its connected, with nothing lost or shown twice', async () => {
    const { toSse, server, clock, shown, client, transports, ends, http } = fallbackHarness();
    const sse = await toSse();
    await sse.say(...pushes(1, 2));
    await clock.advance(29_999);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(server.sockets).toHaveLength(2);
    const socket = server.last;
    socket.open();
    expect(socket.of('connect')[0]?.resume).toEqual({ '@me': { epoch: 'e1', seq: 2 } });
    await sse.say(push(3));
    expect(sse.isAborted).toBe(false);
    socket.connected({ '@me': info({ from: 2, head: 3 }) });
    expect(sse.isAborted).toBe(true);
    expect(client.state).toBe('connected');
    expect(client.transport).toBe('websocket');
    expect(transports).toEqual(['→sse', 'sse→websocket']);
    socket.say(...pushes(3, 4));
    await clock.advance(50);
    expect(shown).toEqual(['@me:1', '@me:2', '@me:3', '@me:4']);
    expect(socket.acks).toEqual(['@me:4']);
    expect(ends).toHaveLength(1);
    expect(http.of('GET sse')).toHaveLength(1);
  });

  it('leaves the running connection alone where it fails, and tries again later each time', async () => {
    const { toSse, server, clock, client, shown } = fallbackHarness();
    const sse = await toSse();
    const beat = () => sse.say();
    const tries: number[] = [];
    let last = clock.now();
    while (tries.length < 6) {
      sse.write(':\n\n');
      await clock.advance(1_000);
      if (server.sockets.length === tries.length + 1) continue;
      tries.push(Math.round((clock.now() - last) / 1_000) * 1_000);
      last = clock.now();
      server.last.drop();
    }
    await beat();
    expect(tries).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    await sse.say(push(1));
    expect(shown).toEqual(['@me:1']);
    expect(client.transport).toBe('sse');
  });

  it('gives a try up that is not answered in time', async () => {
    const { toSse, server, clock, client } = fallbackHarness();
    const sse = await toSse();
    await clock.advance(20_000);
    sse.write(':\n\n');
    await clock.advance(10_000);
    server.last.open();
    await clock.advance(14_999);
    expect(server.last.closed).toBeUndefined();
    await clock.advance(1);
    expect(server.last.closed?.code).toBe(1000);
    expect(client.transport).toBe('sse');
  });

  it('is not taken for another client: replaced by its own try, it waits for that', async () => {
    const { toSse, server, clock, client, ends, shown, transports } = fallbackHarness();
    const sse = await toSse();
    await clock.advance(30_000);
    server.last.open();
    await sse.say(push(1), { op: 'bye', code: 3003, reconnect: false });
    sse.end();
    await settled();
    expect(client.state).toBe('connected');
    server.last.connected({ '@me': info({ from: 1 }) });
    server.last.say(push(2));
    expect(shown).toEqual(['@me:1', '@me:2']);
    expect(ends).toHaveLength(1);
    expect(transports).toEqual(['→sse', 'sse→websocket']);
  });

  it('replaced by its own try, which then fails, it comes back', async () => {
    const { toSse, server, clock, client, ends, http } = fallbackHarness();
    const sse = await toSse();
    await clock.advance(30_000);
    server.last.open();
    await sse.say({ op: 'bye', code: 3003, reconnect: false });
    server.last.drop();
    expect(ends.at(-1)).toMatchObject({ code: 1006, wasConnected: true, reconnect: true });
    await clock.advance(500);
    expect(client.state).toBe('connecting');
    expect(http.of('GET sse')).toHaveLength(2);
  });

  it('replaced by a try that was given up a moment ago, it comes back as well', async () => {
    const { toSse, server, clock, http } = fallbackHarness();
    const sse = await toSse();
    await clock.advance(30_000);
    server.last.open();
    server.last.drop();
    await clock.advance(3_000);
    await sse.say({ op: 'bye', code: 3003, reconnect: false });
    await clock.advance(1_000);
    expect(http.of('GET sse')).toHaveLength(2);
  });

  it('replaced without any doing of its own, it stays away', async () => {
    const { client, clock, http, codes } = fallbackHarness({
      socket: () => {
        throw new Error('blocked by policy');
      },
    });
    void client.connect();
    await clock.advance(500);
    const sse = http.last('GET sse');
    sse.head();
    await sse.say({ op: 'connected', streams: { '@me': info() } });
    await clock.advance(1_000);
    await sse.say({ op: 'bye', code: 3003, reconnect: false });
    expect(client.state).toBe('closed');
    expect(codes()).toEqual(['CLIENT_CONNECT_FAILED', 'CLIENT_REFUSED']);
    expect(clock.pending).toBe(0);
  });

  it('from long poll tries both, the better one first, and asks nothing meanwhile', async () => {
    const { toPoll, http, server, clock, client, transports } = fallbackHarness();
    await toPoll();
    expect(http.last('GET poll').query).toEqual({ device: 'd1', waitMs: '25000', after: 'c0' });
    await clock.advance(25_000);
    await http.last('GET poll').answer({ entries: [], cursor: 'c0', recovery: 'complete' });
    await clock.advance(5_000);
    const [sockets, polls] = [server.sockets.length, http.of('GET poll').length];
    server.last.open();
    // It was ended by the server, who knows of the socket now.
    await http.last('GET poll').answer({ entries: [], cursor: 'c0', recovery: 'complete' });
    await clock.advance(4_000);
    expect(http.of('GET poll')).toHaveLength(polls);
    server.last.drop();
    expect(server.sockets).toHaveLength(sockets);
    const sse = http.last('GET sse');
    expect(sse.isAborted).toBe(false);
    sse.head();
    await sse.say({ op: 'connected', streams: { '@me': info() } });
    expect(client.transport).toBe('sse');
    expect(transports).toEqual(['→poll', 'poll→sse']);
    await clock.advance(10_000);
    expect(http.of('GET poll')).toHaveLength(polls);
  });

  it('from long poll, in vain, goes on polling', async () => {
    const { toPoll, http, server, clock } = fallbackHarness();
    await toPoll();
    await clock.advance(25_000);
    await http.last('GET poll').answer({ entries: [], cursor: 'c1', recovery: 'complete' });
    await clock.advance(5_000);
    server.last.open();
    await http.last('GET poll').answer({ entries: [push(1)], cursor: 'c2', recovery: 'complete' });
    server.last.drop();
    http.last('GET sse').fail();
    await clock.advance(50);
    expect(http.last('GET poll').query.after).toBe('c2');
  });

  it('ends with the client', async () => {
    for (const after of [0, 30_000]) {
      const { toSse, client, clock, server, http } = fallbackHarness();
      await toSse();
      await clock.advance(after);
      const closing = client.close();
      await closing;
      expect(client.transport).toBeUndefined();
      expect(clock.pending).toBe(0);
      expect(http.last('GET sse').isAborted).toBe(true);
      if (after > 0) expect(server.last.closed).toBeDefined();
    }
  });
});
