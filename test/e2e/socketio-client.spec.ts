import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from 'push-core/testing';
import { Server } from 'socket.io';
import * as parser from 'socket.io-parser';
import { eventually } from '../support/eventually.js';
import { attachToHost, SocketIoWorld, type Client } from '../support/socketio-world.js';

let world: SocketIoWorld;
afterEach(() => world?.close());

/** Where the engine would continue for this device; the visit takes nothing. */
async function cursorOf(user: string, device = 'd1'): Promise<number> {
  const visitor = world.client({ token: user, device });
  const { streams } = await visitor.until('connected');
  visitor.socket.disconnect();
  return streams['@me'].from as number;
}
/** Resolves once the engine has this acknowledgement. */
const acknowledged = (to: number): Promise<void> =>
  new Promise((resolve) => world.push.on('delivered', (event) => event.to >= to && resolve()));
const gone = (client: Client): Promise<void> => eventually(() => client.ends.length > 0);

describe('a socket.io-client, unmodified', () => {
  it('gets what was published, and its callback is the acknowledgement', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    expect(await client.until('connected')).toMatchObject({ streams: { '@me': { epoch: 'e1', head: 0, from: 0 } } });
    const data = { text: 'hello, "Ärger" \n 🙂' };
    await world.publish('u1', data);
    expect(await client.until('push')).toMatchObject({ op: 'push', s: '@me', seq: 1, type: 'x', data });
    const told = acknowledged(1);
    client.sign(1);
    await told;
    expect(await cursorOf('u1')).toBe(1);
  });

  it.each([[['polling']], [['polling', 'websocket']]])('works over %j', async (transports) => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' }, { transports });
    client.acknowledges = true;
    await client.until('connected');
    const told = acknowledged(200);
    for (let n = 1; n <= 200; n++) await world.publish('u1', n);
    await client.until('push', 200);
    await told;
    expect(client.seqs).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    expect(client.socket.io.engine.transport.name).toBe(transports.at(-1));
  });

  it('works where the server has a parser of its own', async () => {
    class Encoder extends parser.Encoder {
      override encode(packet: parser.Packet): string[] {
        return (super.encode(packet) as string[]).map((text) => `x${text}`);
      }
    }
    class Decoder extends parser.Decoder {
      override add(text: string): void {
        super.add(text.slice(1));
      }
    }
    world = await SocketIoWorld.start({}, async (http, push) =>
      attachToHost(new Server(http, { parser: { Encoder, Decoder } }), push),
    );
    const client = world.client({ token: 'u1', device: 'd1' }, { parser: { Encoder, Decoder } });
    await client.until('connected');
    const told = acknowledged(3);
    for (let n = 0; n < 3; n++) await world.publish('u1', n);
    await client.until('push', 3);
    for (const seq of [3, 1, 2]) client.sign(seq);
    await told;
    expect(client.seqs).toEqual([1, 2, 3]);
  });

  it('works in the default namespace, beside events of the host', async () => {
    world = await SocketIoWorld.start({}, async (http, push) => {
      const io = new Server(http);
      io.on('connection', (socket) => {
        socket.on('hello', (name: string, answer: (text: string) => void) => answer(`hello ${name}`));
      });
      return attachToHost(io, push, { namespace: '/' });
    });
    const client = world.client({ token: 'u1', device: 'd1' }, { namespace: '/' });
    await client.until('connected');
    expect(await client.ask('hello', 'Ann')).toBe('hello Ann');
    const told = acknowledged(1);
    await world.publish('u1', 1);
    await client.until('push');
    client.sign(1);
    await told;
    expect(client.of('problem')).toEqual([]);
    client.socket.emit('nobody listens');
    expect(await client.until('problem')).toMatchObject({ code: 'UNKNOWN_OP', retryable: false });
  });

  it('signs for the highest entry with all before it acknowledged, in whatever order that happens', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    const moves: number[] = [];
    world.push.on('delivered', ({ to }) => moves.push(to));
    for (let n = 0; n < 4; n++) await world.publish('u1', n);
    await client.until('push', 4);
    client.sign(2);
    client.sign(4);
    client.sign(1);
    await eventually(() => moves.at(-1) === 2);
    client.sign(3);
    await eventually(() => moves.at(-1) === 4);
    expect(moves.filter((to) => to !== 1)).toEqual([2, 4]);
  });

  it('is sent again after 10 s what it did not acknowledge, and nothing it did', async () => {
    const clock = new ManualClock();
    const ticking = async <T>(work: Promise<T>): Promise<T> => {
      let done = false;
      const settled = work.finally(() => (done = true));
      while (!done) await clock.settle();
      return settled;
    };
    const push = SocketIoWorld.start({ clock });
    world = await ticking(push);
    const stop = world.close.bind(world);
    world.close = async () => {
      let done = false;
      const closing = stop().finally(() => (done = true));
      while (!done) await clock.advance(1000);
      return closing;
    };
    const client = world.client({ token: 'u1', device: 'd1' });
    await ticking(client.until('connected'));
    for (let n = 0; n < 3; n++) await ticking(world.publish('u1', n));
    await ticking(client.until('push', 3));
    client.sign(2);
    await ticking(client.ask('ack', { s: '@me', seq: 0 }));
    await clock.advance(9_000);
    expect(client.seqs).toEqual([1, 2, 3]);
    await clock.advance(2_000);
    await ticking(client.until('push', 5));
    expect(client.seqs).toEqual([1, 2, 3, 1, 3]);
    const told = acknowledged(3);
    client.sign(1);
    client.sign(3);
    await ticking(told);
  });

  it('acknowledges cumulatively by an event of its own, with an answer', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    for (let n = 0; n < 3; n++) await world.publish('u1', n);
    await client.until('push', 3);
    expect(await client.ask('ack', { s: '@me', seq: 2 })).toEqual({ ok: true });
    expect(await client.ask('ack', { s: 'other', seq: 2 })).toMatchObject({ ok: false, code: 'NOT_FOUND', field: 's' });
    expect(await client.ask('ack', { s: '@me', seq: '2' })).toMatchObject({ ok: false, code: 'INVALID', field: 'seq' });
    expect(await client.ask('ack', { s: '@me', seq: 2, more: 1 })).toMatchObject({ code: 'UNKNOWN_FIELD' });
    client.socket.disconnect();
    expect(await cursorOf('u1')).toBe(2);
  });

  it('follows and leaves topics, each answered', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    expect(await client.ask('follow', { s: 'news' })).toMatchObject({
      ok: true,
      s: 'news',
      head: 0,
      recovery: 'complete',
    });
    expect(await client.ask('follow', { s: 'secret' })).toMatchObject({ ok: false, code: 'NOT_ALLOWED' });
    await world.push.publish('t', { to: { topics: ['news'] }, type: 'x', data: 1 });
    expect(await client.until('push')).toMatchObject({ s: 'news', seq: 1 });
    expect(await client.ask('unfollow', { s: 'news' })).toMatchObject({ ok: true });
    const early = world.client({ token: 'u2', device: 'd1', follow: ['news'] });
    await early.until('connected');
    await world.push.publish('t', { to: { topics: ['news'] }, type: 'x', data: 2 });
    expect(await early.until('push')).toMatchObject({ s: 'news', data: 2 });
    expect(client.of('push')).toHaveLength(1);
  });

  it('marks as read, and the other devices of the user hear of it', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    const other = world.client({ token: 'u1', device: 'd2' });
    await Promise.all([client.until('connected'), other.until('connected')]);
    for (let n = 0; n < 3; n++) await world.publish('u1', n, { thread: 'room' });
    await other.until('push', 3);
    expect(await client.ask('read', { s: '@me', seq: 2, thread: 'room' })).toEqual({ ok: true, unread: 1 });
    expect(await other.until('read')).toMatchObject({ s: '@me', seq: 2, thread: 'room', unread: 1 });
    client.socket.emit('read', { s: '@me', seq: 3 });
    expect(await other.until('read', 2)).toMatchObject({ seq: 3, unread: 0 });
    expect(client.of('read')).toEqual([]);
    expect(await client.ask('read', { s: '@me', seq: 99 })).toMatchObject({ ok: false });
  });

  it('hears of signals and recalls', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    await world.publish('u1', { on: true }, { options: { volatile: true } });
    expect(await client.until('signal')).toMatchObject({ type: 'x', data: { on: true } });
    const { id } = await world.push.publish('t', { to: { users: ['u1'] }, type: 'x' });
    await client.until('push');
    await world.push.recall('t', id);
    expect(await client.until('recall')).toMatchObject({ s: '@me', seq: 1, id });
  });
});

describe('recovery, where Socket.IO has none', () => {
  it('resumes without having received anything, twice in a row, and before the server has seen the drop', async () => {
    world = await SocketIoWorld.start();
    const first = world.client({ token: 'u1', device: 'd1' });
    const { streams } = await first.until('connected');
    const { epoch } = streams['@me'];
    first.socket.io.engine.close();
    first.socket.disconnect();
    for (let round = 1; round <= 3; round++) {
      await world.publish('u1', round);
      // Never acknowledged, never closed: the next one comes while this one still hangs there.
      const again = world.client({ token: 'u1', device: 'd1', resume: { '@me': { epoch, seq: round - 1 } } });
      expect((await again.until('connected')).streams['@me']).toMatchObject({
        recovery: 'complete',
        from: round - 1,
        head: round,
      });
      await again.until('push');
      expect(again.seqs).toEqual([round]);
    }
  });

  it('comes back by itself after the connection broke, and gets what it had not acknowledged', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    await world.publish('u1', 1);
    await client.until('push');
    client.socket.io.engine.close();
    await world.publish('u1', 2);
    await client.until('connected', 2);
    await client.until('push', 3);
    expect(client.seqs).toEqual([1, 1, 2]);
  });

  it('starts with the oldest entry for a device that asks for it', async () => {
    world = await SocketIoWorld.start();
    await world.publish('u1', 1);
    const client = world.client({ token: 'u1', device: 'd9', resume: { '@me': 'start' } });
    await client.until('push');
    expect(client.seqs).toEqual([1]);
  });

  it('asks for credentials at every connection: who was revoked in between stays out', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    world.revoked.add('u1');
    client.socket.io.engine.close();
    await world.publish('u1', 'secret');
    expect((await client.refused()).data).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(client.seqs).toEqual([]);
  });

  it('is not available from a server that restores connections without asking', async () => {
    await expect(
      SocketIoWorld.start({}, async (http, push) =>
        attachToHost(new Server(http, { connectionStateRecovery: {} }), push),
      ),
    ).rejects.toMatchObject({ code: 'INVALID', field: 'connectionStateRecovery.skipMiddlewares' });
  });
});

describe('how a connection ends', () => {
  it('a newer one of the same device ends the older, which does not come back', async () => {
    world = await SocketIoWorld.start();
    const older = world.client({ token: 'u1', device: 'd1' });
    await older.until('connected');
    const newer = world.client({ token: 'u1', device: 'd1' });
    await newer.until('connected');
    await gone(older);
    expect(older.of('bye')[0]).toMatchObject({ code: 3003, reconnect: false });
    expect(older.ends).toEqual(['io server disconnect']);
    expect(older.socket.active).toBe(false);
  });

  it('at drain the client is told, and comes back by itself', async () => {
    world = await SocketIoWorld.start({ limits: { drainSpreadMs: 1 } });
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    await world.push.drain();
    await gone(client);
    expect(client.of('bye')[0]).toMatchObject({ code: 3000, reconnect: true });
    expect(client.socket.active).toBe(true);
    expect((await client.refused()).message).not.toBe('');
  });

  it('a user that is disconnected is told so and stays away', async () => {
    world = await SocketIoWorld.start();
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    await world.push.disconnect('t', 'u1');
    await gone(client);
    expect(client.of('bye')[0]).toMatchObject({ code: 3502, reconnect: false });
    expect(client.ends).toEqual(['io server disconnect']);
  });

  it('a client that answers nothing is pinged, then closed', async () => {
    world = await SocketIoWorld.start({ limits: { heartbeatMs: 1000, heartbeatGraceMs: 1000 } });
    const client = world.client({ token: 'u1', device: 'd1' });
    await client.until('connected');
    const alive = world.client({ token: 'u2', device: 'd1' });
    await alive.until('connected');
    // Deaf: nothing it would answer with leaves any more.
    (client.socket.io.engine as any)._sendPacket = () => undefined;
    await gone(client);
    expect(client.of('bye')[0]).toMatchObject({ code: 3002 });
    expect(alive.ends).toEqual([]);
  });
});
