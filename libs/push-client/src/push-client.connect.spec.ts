import { MemoryCursors } from './cursors/memory-cursors.js';
import type { ClientState } from './events.js';
import { FakeServer, info, push, pushes } from './testing/fake-server.js';
import { harness } from './testing/harness.js';
import { settled } from './testing/manual-clock.js';

async function storedAt(seq: number, epoch = 'e1', stream = '@me'): Promise<MemoryCursors> {
  const cursors = new MemoryCursors();
  await cursors.save(stream, { epoch, seq });
  return cursors;
}

describe('connecting', () => {
  it('says connect in the first frame, with the token and without a resume where nothing is saved', async () => {
    const { greet, client, server } = harness();
    const states: ClientState[] = [];
    client.on('state', ({ to }) => states.push(to));
    const socket = await greet();
    expect([socket.url, socket.protocol]).toEqual(['ws://push.test/v1/ws', 'push.v1.json']);
    expect(socket.frames[0]).toEqual({ op: 'connect', token: 'jwt', device: 'd1', window: 256 });
    expect(states).toEqual(['connecting', 'connected']);
    expect(server.sockets).toHaveLength(1);
  });

  it('resolves connect() at connected, and again at once', async () => {
    const { greet, client } = harness();
    const first = client.connect();
    await greet();
    await first;
    await client.connect();
  });

  it('adopts the place the server names, and saves it', async () => {
    const cursors = new MemoryCursors();
    const { greet, clock, shown, client } = harness({ cursors });
    const socket = await greet({ '@me': info({ head: 57, from: 57 }) });
    await clock.advance(50);
    expect(await cursors.load()).toEqual({ '@me': { epoch: 'e1', seq: 57 } });
    expect(client.position('@me')).toEqual({ epoch: 'e1', seq: 57 });
    expect(socket.acks).toEqual([]);
    socket.say(push(57), push(58));
    expect(shown).toEqual(['@me:58']);
  });

  it('resumes from the saved cursor', async () => {
    const { greet, shown } = harness({ cursors: await storedAt(41) });
    const socket = await greet({ '@me': info({ head: 57, from: 41 }) });
    expect(socket.of('connect')[0]?.resume).toEqual({ '@me': { epoch: 'e1', seq: 41 } });
    socket.say(...pushes(40, 43));
    expect(shown).toEqual(['@me:42', '@me:43']);
  });

  it('asks for the oldest entry where the device begins there', async () => {
    const { greet } = harness({ startFrom: 'start', follow: ['news'] });
    expect((await greet()).of('connect')[0]?.resume).toEqual({ '@me': 'start', news: 'start' });
  });

  it('starts without a cursor where the stored one is malformed, and reports it', async () => {
    const cursors = new MemoryCursors();
    await cursors.save('@me', { epoch: 'e1', seq: -4 });
    const { greet, codes } = harness({ cursors });
    expect((await greet()).of('connect')[0]?.resume).toBeUndefined();
    expect(codes()).toEqual(['CLIENT_BAD_CURSOR']);
  });

  it('hands over the lost range, and goes on behind it', async () => {
    const { greet, client, shown, clock } = harness({ cursors: await storedAt(2) });
    const gaps: string[] = [];
    client.on('gap', ({ from, to, reason }) => gaps.push(`${from}-${to} ${reason}`));
    const socket = await greet({ '@me': info({ head: 12, from: 10, recovery: 'gap', lost: { from: 3, to: 10 } }) });
    socket.say({ op: 'gap', s: '@me', from: 3, to: 10, reason: 'retention' }, push(11));
    await clock.advance(50);
    expect(gaps).toEqual(['3-10 retention']);
    expect(shown).toEqual(['@me:11']);
    expect(socket.acks).toEqual(['@me:11']);
  });

  it('tells a gap also where the server alone kept the cursor', async () => {
    const { greet, client, shown } = harness();
    const gaps = jest.fn();
    client.on('gap', gaps);
    const socket = await greet({ '@me': info({ head: 12, from: 10, recovery: 'gap', lost: { from: 3, to: 10 } }) });
    socket.say({ op: 'gap', s: '@me', from: 3, to: 10, reason: 'retention' }, push(11));
    expect(gaps).toHaveBeenCalledTimes(1);
    expect(shown).toEqual(['@me:11']);
  });

  it('begins anew in another epoch', async () => {
    const cursors = await storedAt(41);
    const { greet, client, shown, clock } = harness({ cursors });
    const resets = jest.fn();
    client.on('reset', resets);
    const fresh = info({ epoch: 'e2', head: 5, from: 3, recovery: 'reset' });
    const socket = await greet({ '@me': fresh });
    expect(resets).toHaveBeenCalledWith({ stream: '@me', info: fresh, previous: { epoch: 'e1', seq: 41 } });
    socket.say(...pushes(4, 5));
    await clock.advance(50);
    expect(shown).toEqual(['@me:4', '@me:5']);
    expect(await cursors.load()).toEqual({ '@me': { epoch: 'e2', seq: 5 } });
  });

  it('goes on in another epoch that continues its own, as a restored server says', async () => {
    const cursors = await storedAt(41);
    const { greet, client, shown, clock } = harness({ cursors });
    const resets = jest.fn();
    client.on('reset', resets);
    const socket = await greet({ '@me': info({ epoch: 'e2', head: 43, from: 41, continues: 'e1' }) });
    socket.say(...pushes(42, 43));
    await clock.advance(50);
    expect(resets).not.toHaveBeenCalled();
    expect(shown).toEqual(['@me:42', '@me:43']);
    expect(await cursors.load()).toEqual({ '@me': { epoch: 'e2', seq: 43 } });
  });

  it('begins anew where what is continued is not its own epoch', async () => {
    const { greet, client } = harness({ cursors: await storedAt(41) });
    const resets = jest.fn();
    client.on('reset', resets);
    await greet({ '@me': info({ epoch: 'e2', head: 43, from: 41, continues: 'e0' }) });
    expect(resets).toHaveBeenCalledTimes(1);
  });

  it('a handler still busy with the old epoch moves nothing in the new one', async () => {
    const { greet, client, clock, server } = harness({}, false);
    const finish: (() => void)[] = [];
    client.on('message', () => new Promise<void>((resolve) => finish.push(resolve)));
    (await greet()).say(push(1));
    server.last.drop();
    await clock.advance(500);
    const socket = await greet({ '@me': info({ epoch: 'e2', from: 0, recovery: 'reset' }) });
    finish[0]?.();
    await clock.advance(100);
    expect(client.position('@me')).toEqual({ epoch: 'e2', seq: 0 });
    expect(socket.acks).toEqual([]);
  });

  it('does not wait for entries the server will not send, and says so', async () => {
    const { greet, shown, codes } = harness({ cursors: await storedAt(10) });
    const socket = await greet({ '@me': info({ head: 20, from: 20 }) });
    socket.say(push(21));
    expect(shown).toEqual(['@me:21']);
    expect(codes()).toEqual(['CLIENT_RESUME_AHEAD']);
  });

  it('forgets the cursor of a topic its user was taken out of meanwhile', async () => {
    const cursors = await storedAt(5, 'e9', 'news');
    const { greet, client } = harness({ cursors });
    const left = jest.fn();
    client.on('unfollowed', left);
    await greet();
    expect(left).toHaveBeenCalledWith({ op: 'unfollowed', s: 'news' });
    expect(await cursors.load()).not.toHaveProperty('news');
  });

  it('gives up an attempt that is not answered in 15 s, and tries again', async () => {
    const { client, clock, server, ends } = harness();
    void client.connect();
    await settled();
    server.last.open();
    await clock.advance(15_000);
    expect(server.sockets[0]?.closed).toEqual({ code: 4000, reason: 'no answer to connect' });
    expect(ends).toEqual([expect.objectContaining({ wasConnected: false, reconnect: true })]);
    await clock.advance(500);
    expect(server.sockets).toHaveLength(2);
  });

  it('stops where there is no WebSocket at all, with advice', async () => {
    const { client, codes } = harness({ socket: undefined });
    const platform = globalThis as { WebSocket?: unknown };
    const kept = platform.WebSocket;
    platform.WebSocket = undefined;
    await expect(client.connect()).rejects.toMatchObject({ code: 'CLIENT_NO_WEBSOCKET' });
    platform.WebSocket = kept;
    expect(client.state).toBe('closed');
    expect(codes()).toEqual(['CLIENT_NO_WEBSOCKET']);
  });

  it('a socket that arrives after close() is closed again', async () => {
    const server = new FakeServer();
    let arrive: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (arrive = resolve));
    const { client } = harness({
      socket: async (url, protocol) => {
        await slow;
        return server.factory(url, protocol);
      },
    });
    void client.connect();
    await settled();
    await client.close();
    arrive();
    await settled();
    expect(server.last.closed?.code).toBe(1000);
  });
});
