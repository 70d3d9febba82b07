import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { LIMITS, PushError } from 'push-core';
import { Server } from 'socket.io';
import { WebSocket, type RawData } from 'ws';
import { eventually } from '../support/eventually.js';
import { attachToHost, SocketIoWorld } from '../support/socketio-world.js';

let world: SocketIoWorld;
const faults: unknown[] = [];
const fault = (error: unknown): void => void faults.push(error);
beforeAll(() => {
  process.on('unhandledRejection', fault);
});
beforeEach(() => void (faults.length = 0));
afterEach(async () => {
  await world?.close();
  expect(faults).toEqual([]);
});

/** Speaks Engine.IO by hand. */
async function raw(auth?: object, namespace = '/push') {
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const packets: string[] = [];
  const closed = once(socket, 'close').then(([code]: unknown[]) => code as number);
  socket.on('error', () => undefined);
  socket.on('message', (data: RawData) => packets.push((data as Buffer).toString()));
  await once(socket, 'open');
  const until = (start: string) => eventually(() => packets.some((packet) => packet.startsWith(start)));
  const nsp = namespace === '/' ? '' : `${namespace},`;
  if (auth) {
    socket.send(`40${nsp}${JSON.stringify(auth)}`);
    await until(`42${nsp}["connected"`);
  }
  return { socket, packets, closed, until, nsp };
}

/** A server of the host, with Socket.IO's own limits. */
const hosted = (namespace = '/push') =>
  SocketIoWorld.start({}, async (http, push) => attachToHost(new Server(http), push, { namespace }));

describe('who may come in', () => {
  it.each([
    ['no token', {}, 'UNAUTHORIZED', 'auth.token'],
    ['a bad token', { token: 'bad', device: 'd1' }, 'UNAUTHORIZED', undefined],
    ['no device', { token: 'u1' }, 'INVALID', 'device'],
    ['the token of another device', { token: 'u1:d2', device: 'd1' }, 'NOT_ALLOWED', 'device'],
    ['a window too large', { token: 'u1', device: 'd1', window: 1025 }, 'INVALID', 'window'],
    ['a resume that is none', { token: 'u1', device: 'd1', resume: { '@me': { seq: 1 } } }, 'INVALID', undefined],
    ['a field nobody knows', { token: 'u1', device: 'd1', more: 1 }, 'UNKNOWN_FIELD', 'more'],
    ['a topic that is none', { token: 'u1', device: 'd1', follow: ['@u2'] }, 'INVALID', 'follow[0]'],
  ])('%s is refused, with the problem as data', async (_what, auth, code, field) => {
    world = await SocketIoWorld.start();
    const client = world.client(auth);
    const { data } = await client.refused();
    expect(data).toMatchObject({ code, retryable: false });
    if (field !== undefined) expect(data.field).toBe(field);
    expect(client.got).toEqual([]);
  });

  it('takes the token from the Authorization header as well, never from the URL', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ device: 'd1' }, { extraHeaders: { Authorization: 'Bearer u1' } });
    await client.until('connected');
    const other = world.client({}, { query: { token: 'u1', device: 'd1' } });
    expect((await other.refused()).data).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('says when to come again where there is no room', async () => {
    world = await SocketIoWorld.start({}, async (http, push) => {
      const refusal = () => new PushError('OVERLOADED', 'Full', { retryAfterMs: 3000 });
      return attachToHost(new Server(http), { ...push, refusal });
    });
    const client = world.client({ token: 'u1', device: 'd1' });
    expect((await client.refused()).data).toEqual({
      code: 'OVERLOADED',
      message: 'Full',
      retryable: true,
      retryAfterMs: 3000,
    });
  });

  it.each([
    ['https://evil.example'],
    ['null'],
    ['https://app.example.com.evil.com'],
    ['http://app.example.com'],
    ['https://app.example.com:444'],
  ])('a page of %s gets 403 before anything else, on polling, preflight and WebSocket', async (origin) => {
    world = await SocketIoWorld.start({ server: { allowedOrigins: ['https://app.example.com'] } });
    const address = `${world.url}/socket.io/?EIO=4&transport=polling`;
    const poll = await fetch(address, { headers: { Origin: origin } });
    expect([poll.status, poll.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    expect(await poll.json()).toMatchObject({ code: 'NOT_ALLOWED', retryable: false });
    const asking = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
    expect((await fetch(address, { method: 'OPTIONS', headers: asking })).status).toBe(403);
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { origin });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  it('a page of an allowed origin comes in, by preflight, polling and WebSocket', async () => {
    const origin = 'https://app.example.com';
    world = await SocketIoWorld.start({ server: { allowedOrigins: [origin] } });
    const address = `${world.url}/socket.io/?EIO=4&transport=polling`;
    const preflight = await fetch(address, { method: 'OPTIONS', headers: { Origin: origin } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    for (const transports of [['polling'], ['websocket']]) {
      const client = world.client({ token: 'u1', device: 'd1' }, { transports, extraHeaders: { Origin: origin } });
      await client.until('connected');
    }
  });

  it('on a server of the host the namespace refuses the origin itself', async () => {
    world = await hosted();
    for (const transports of [['polling'], ['websocket']]) {
      const client = world.client(
        { token: 'u1', device: 'd1' },
        { transports, extraHeaders: { Origin: 'https://evil.example' } },
      );
      expect((await client.refused()).data).toMatchObject({ code: 'NOT_ALLOWED' });
    }
  });

  it('a connect that is repeated before it was answered ends the connection', async () => {
    let asked = 0;
    world = await SocketIoWorld.start({
      authenticator: { authenticate: () => (asked++, new Promise(() => undefined)) },
    });
    const { socket, closed } = await raw();
    for (let n = 0; n < 10_000; n++) socket.send('40/push,{"token":"u1","device":"d1"}');
    await closed;
    expect(asked).toBe(1);
  });

  it('events before the answer to the connect end the connection unheard', async () => {
    world = await SocketIoWorld.start();
    const { socket, closed, packets } = await raw();
    for (let n = 0; n < 10_000; n++) socket.send('42/push,["ack",{"s":"@me","seq":1}]');
    await closed;
    expect(packets.some((packet) => packet.includes('problem'))).toBe(false);
  });
});

describe.each([
  ['a server of its own', () => SocketIoWorld.start()],
  ['a server of the host', () => hosted()],
  ['the default namespace of a host', () => hosted('/')],
])('what a client may not send to %s', (name, start) => {
  const namespace = name.startsWith('the default') ? '/' : '/push';
  const auth = { token: 'u1', device: 'd1' };

  it('10,000 attachments', async () => {
    world = await start();
    const { socket, closed, packets, nsp } = await raw(auth, namespace);
    socket.send(`4510000-${nsp}["x",{"_placeholder":true,"num":0}]`);
    for (let n = 0; n < 10_000; n++) socket.send(Buffer.alloc(1));
    await closed;
    expect(packets.some((packet) => packet.startsWith(`42${nsp}["bye",`) && packet.includes('3503'))).toBe(true);
  });

  it('any binary', async () => {
    world = await start();
    const { socket, closed, packets, nsp } = await raw(auth, namespace);
    socket.send(`451-${nsp}["ack",{"_placeholder":true,"num":0}]`);
    socket.send(Buffer.from('x'));
    await closed;
    expect(packets.at(-2)).toContain('"bye"');
    expect(packets.at(-2)).toContain('3503');
  });

  it('more than 32 KiB', async () => {
    world = await start();
    const { socket, closed, nsp } = await raw(auth, namespace);
    socket.send(`42${nsp}["x","${'x'.repeat(LIMITS.clientFrameBytes + 2000)}"]`);
    await closed;
  });

  it('an event of so many values that calling a listener with them would overflow', async () => {
    world = await start();
    const { socket, closed, nsp } = await raw(auth, namespace);
    socket.send(`42${nsp}["x"${',0'.repeat(400_000)}]`);
    await closed;
    const after = world.client({ token: 'u2', device: 'd1' }, { namespace });
    await after.until('connected');
  });

  it('values nested without end, keys that are none, and numbers for names are answered and forgotten', async () => {
    world = await start();
    const { socket, packets, until, nsp } = await raw(auth, namespace);
    const deep = '['.repeat(15_000) + ']'.repeat(15_000);
    socket.send(`42${nsp}["ack",${deep}]`);
    await until(`42${nsp}["problem",{"code":"INVALID"`);
    socket.send(`42${nsp}1["ack",{"s":"@me","seq":1,"__proto__":{"seq":7},"constructor":${deep}}]`);
    await until(`43${nsp}1[{"ok":false`);
    socket.send(`42${nsp}2["follow",{"__proto__":{"s":"news"}}]`);
    await until(`43${nsp}2[{"ok":false`);
    socket.send(`42${nsp}3[42,{}]`);
    await until(`42${nsp}["problem",{"code":"UNKNOWN_OP"`);
    socket.send(`42${nsp}["error",{"message":"x"}]`);
    socket.send(`43${nsp}1099511627776[]`);
    socket.send(`42${nsp}4["ack",{"s":"@me","seq":0}]`);
    await until(`43${nsp}4[{"ok":true}]`);
    expect(({} as Record<string, unknown>).seq).toBeUndefined();
    expect(packets.some((packet) => packet.includes('"bye"'))).toBe(false);
    socket.close();
  });

  it('an acknowledgement of what was never sent', async () => {
    world = await start();
    const { socket, closed, packets, nsp } = await raw(auth, namespace);
    socket.send(`42${nsp}["ack",{"s":"@me","seq":9}]`);
    await closed;
    expect(packets.find((packet) => packet.includes('"bye"'))).toContain('3504');
  });

  it('a flood: it is warned, then closed', async () => {
    world = await start();
    const { socket, closed, packets, nsp } = await raw(auth, namespace);
    for (let n = 0; n < 5_000; n++) socket.send(`42${nsp}["follow",7]`);
    await closed;
    expect(packets.some((packet) => packet.includes('RATE_LIMITED'))).toBe(true);
    expect(packets.find((packet) => packet.includes('"bye"'))).toContain('3004');
  });
});

it('a server of its own keeps no connection that belongs to nobody', async () => {
  world = await SocketIoWorld.start();
  const idle = await raw();
  idle.socket.send('40');
  await idle.until('44{"message":"Connect to /push"}');
  const left = await raw({ token: 'u1', device: 'd1' });
  left.socket.send('41/push,');
  await left.closed;
  idle.socket.close();
});

it('a client that reads nothing is given a bounded amount, closed as slow, and gets the rest when it comes back', async () => {
  world = await SocketIoWorld.start({ limits: { slowConsumerMs: 1000 } });
  const slow = await raw({ token: 'u1', device: 'd1', window: 1024 });
  const ended = new Promise<{ code: number }>((resolve) => world.push.on('disconnected', resolve));
  slow.socket.pause();
  for (let n = 0; n < 400; n++) await world.publish('u1', 'x'.repeat(60_000));
  expect(await ended).toMatchObject({ code: 3001 });
  const handed = world.push.meters.sent.get('socketio') ?? 0;
  // What the two kernels hold, and 256 KiB beside.
  expect(handed).toBeLessThan(300);
  slow.socket.terminate();
  const back = world.client({ token: 'u1', device: 'd1' });
  back.acknowledges = true;
  await back.until('push', 400);
  expect(back.seqs).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
});

it('a connection shared with other namespaces keeps them when ours is refused or replaced', async () => {
  world = await SocketIoWorld.start({}, async (http, push) => {
    const io = new Server(http);
    io.of('/host').on('connection', (socket) => {
      socket.on('blob', (bytes: Buffer, answer: (length: number) => void) => answer(bytes.length));
    });
    return attachToHost(io, push);
  });
  const ours = world.client({ token: 'u1', device: 'd1' });
  await ours.until('connected');
  const theirs = ours.socket.io.socket('/host', {});
  theirs.connect();
  await eventually(() => theirs.connected);
  expect(await theirs.timeout(5000).emitWithAck('blob', Buffer.alloc(40_000))).toBe(40_000);
  const newer = world.client({ token: 'u1', device: 'd1' });
  await newer.until('connected');
  await eventually(() => ours.ends.length > 0);
  expect(await theirs.timeout(5000).emitWithAck('blob', Buffer.alloc(7))).toBe(7);
  theirs.disconnect();
});
