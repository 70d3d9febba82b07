import type { Position } from 'push-core/wire';
import { MemoryCursors } from './cursors/memory-cursors.js';
import { info, push, pushes } from './testing/fake-server.js';
import { harness } from './testing/harness.js';
import { settled } from './testing/manual-clock.js';

describe('messages', () => {
  it('are shown once each although they are sent twice', async () => {
    const { greet, shown } = harness();
    const socket = await greet();
    socket.say(push(1), push(1), push(2));
    socket.say(push(1), push(2));
    expect(shown).toEqual(['@me:1', '@me:2']);
  });

  it('are not shown again when the server sends them again on a new connection', async () => {
    const { greet, shown, server, clock } = harness();
    (await greet()).say(...pushes(1, 3));
    server.last.drop();
    await clock.advance(500);
    const socket = await greet({ '@me': info({ head: 4, from: 0 }) });
    socket.say(...pushes(1, 4));
    await clock.advance(50);
    expect(shown).toEqual(['@me:1', '@me:2', '@me:3', '@me:4']);
    expect(socket.of('connect')[0]?.resume).toEqual({ '@me': { epoch: 'e1', seq: 3 } });
    expect(socket.acks).toEqual(['@me:4']);
  });

  it('skips move the stream on', async () => {
    const { greet, client, shown, clock } = harness();
    const skips = jest.fn();
    client.on('skip', skips);
    const socket = await greet();
    socket.say(push(1), { op: 'skip', s: '@me', from: 2, to: 4, reason: 'expired' }, push(5));
    await clock.advance(50);
    expect(shown).toEqual(['@me:1', '@me:5']);
    expect(skips).toHaveBeenCalledTimes(1);
    expect(socket.acks).toEqual(['@me:5']);
  });

  it('that come too early are dropped and not acknowledged, and taken when sent again', async () => {
    const { greet, shown, clock } = harness();
    const socket = await greet();
    socket.say(push(1), push(3), push(4));
    await clock.advance(10_000);
    expect(shown).toEqual(['@me:1']);
    expect(socket.acks).toEqual(['@me:1']);
    socket.say(...pushes(2, 4));
    await clock.advance(10_000);
    expect(shown).toEqual(['@me:1', '@me:2', '@me:3', '@me:4']);
    expect(socket.acks).toEqual(['@me:1', '@me:4']);
    expect(socket.closed).toBeUndefined();
  });

  it('a hole that does not heal ends the connection, and the next one fills it', async () => {
    const { greet, shown, clock, codes, server } = harness();
    const socket = await greet();
    socket.say(push(1), push(3));
    await clock.advance(14_999);
    expect(socket.closed).toBeUndefined();
    await clock.advance(1);
    expect(socket.closed).toEqual({ code: 4000, reason: 'hole' });
    expect(codes()).toEqual(['CLIENT_HOLE']);
    await clock.advance(500);
    expect(server.sockets).toHaveLength(2);
    (await greet({ '@me': info({ from: 1 }) })).say(...pushes(2, 3));
    expect(shown).toEqual(['@me:1', '@me:2', '@me:3']);
  });

  it('noise does not renew the patience with a hole', async () => {
    const { greet, clock } = harness();
    const socket = await greet();
    socket.say(push(1), push(5));
    await clock.advance(14_999);
    socket.say(push(1), push(6));
    await clock.advance(1);
    expect(socket.closed?.reason).toBe('hole');
  });

  it('progress renews the patience with a hole', async () => {
    const { greet, clock } = harness();
    const socket = await greet();
    socket.say(push(1), push(5));
    for (const seq of [2, 3]) {
      await clock.advance(10_000);
      socket.say(push(seq), push(5));
    }
    await clock.advance(14_999);
    expect(socket.closed).toBeUndefined();
    await clock.advance(1);
    expect(socket.closed?.reason).toBe('hole');
  });

  it('of a stream not followed are nothing to us', async () => {
    const { greet, shown, clock } = harness();
    const socket = await greet();
    socket.say(push(1, 'foreign'));
    await clock.advance(60);
    expect(shown).toEqual([]);
    expect(socket.acks).toEqual([]);
  });

  it('wait for the first handler', async () => {
    const { greet, client, clock } = harness({}, false);
    const socket = await greet();
    socket.say(...pushes(1, 2));
    await clock.advance(1_000);
    expect(socket.acks).toEqual([]);
    const shown: number[] = [];
    client.on('message', ({ seq }) => void shown.push(seq));
    await clock.advance(50);
    expect(shown).toEqual([1, 2]);
    expect(socket.acks).toEqual(['@me:2']);
  });
});

describe('acknowledgements', () => {
  it('are joined: one a stream in 50 ms, all in one WebSocket frame', async () => {
    const { greet, clock } = harness();
    const socket = await greet({ '@me': info(), news: info() });
    socket.say(push(1), push(1, 'news'));
    await clock.advance(30);
    socket.say(push(2));
    await clock.advance(19);
    expect(socket.acks).toEqual([]);
    await clock.advance(1);
    expect(socket.acks.sort()).toEqual(['@me:2', 'news:1']);
    expect(socket.written).toHaveLength(2);
  });

  it('do not wait when a quarter of the window is unacknowledged', async () => {
    const { greet } = harness({ window: 8 });
    const socket = await greet();
    socket.say(push(1));
    await settled();
    expect(socket.acks).toEqual([]);
    socket.say(...pushes(2, 7));
    await settled();
    expect(socket.acks).toEqual(['@me:7']);
  });

  it('do not wait either when slow handlers fill the quarter', async () => {
    const { greet, client } = harness({ window: 4 }, false);
    client.on('message', () => settled());
    const socket = await greet();
    socket.say(push(1));
    await settled();
    await settled();
    await settled();
    expect(socket.acks).toEqual(['@me:1']);
  });

  it('stay within the frame the server accepts', async () => {
    const { greet, clock } = harness();
    const topics = Array.from({ length: 400 }, (_, n) => `${'t'.repeat(100)}-${n}`);
    const socket = await greet(Object.fromEntries(topics.map((topic) => [topic, info()])));
    socket.say(...topics.map((topic) => push(1, topic)));
    await clock.advance(50);
    expect(socket.acks).toHaveLength(400);
    expect(Math.max(...socket.written.map((text) => text.length))).toBeLessThan(17_000);
  });

  it('follow the save of the cursor', async () => {
    const log: string[] = [];
    const cursors = new MemoryCursors();
    let store: () => void = () => undefined;
    const { greet, clock } = harness({
      cursors: {
        load: () => cursors.load(),
        forget: (stream) => cursors.forget(stream),
        save: async (stream: string, position: Position) => {
          log.push(`saving ${position.seq}`);
          if (position.seq > 0) await new Promise<void>((resolve) => (store = resolve));
        },
      },
    });
    const socket = await greet();
    await clock.advance(50);
    socket.say(push(1));
    await clock.advance(200);
    expect(log).toEqual(['saving 0', 'saving 1']);
    expect(socket.acks).toEqual([]);
    store();
    await settled();
    expect(socket.acks).toEqual(['@me:1']);
  });

  it('go on where the storage fails', async () => {
    const failing = {
      load: () => Promise.resolve({}),
      save: () => Promise.reject(new Error('full')),
      forget: () => Promise.resolve(),
    };
    const { greet, clock, codes } = harness({ cursors: failing });
    const socket = await greet();
    socket.say(push(1));
    await clock.advance(50);
    expect(socket.acks).toEqual(['@me:1']);
    expect(codes()).toEqual(['CLIENT_STORAGE_FAILED']);
  });

  it('wait for the promises of the handlers, in order', async () => {
    const { greet, client, clock } = harness({}, false);
    const finish = new Map<number, () => void>();
    client.on('message', ({ seq }) => new Promise<void>((resolve) => finish.set(seq, resolve)));
    const socket = await greet();
    socket.say(...pushes(1, 2));
    await clock.advance(100);
    expect([...finish.keys()]).toEqual([1]);
    expect(socket.acks).toEqual([]);
    finish.get(1)?.();
    await clock.advance(100);
    expect([...finish.keys()]).toEqual([1, 2]);
    expect(socket.acks).toEqual(['@me:1']);
  });

  it('never go beyond what the present connection carried', async () => {
    const { greet, client, clock, server } = harness({}, false);
    const finish: (() => void)[] = [];
    client.on('message', () => new Promise<void>((resolve) => finish.push(resolve)));
    (await greet()).say(push(1));
    server.last.drop();
    await clock.advance(500);
    const socket = await greet({ '@me': info({ head: 1, from: 0 }) });
    finish[0]?.();
    await clock.advance(100);
    expect(socket.acks).toEqual([]);
    socket.say(push(1));
    await clock.advance(100);
    expect(socket.acks).toEqual(['@me:1']);
    expect(finish).toHaveLength(1);
  });

  it('are sent by close(), before the socket closes', async () => {
    const cursors = new MemoryCursors();
    const { greet, client, clock, ends } = harness({ cursors });
    const socket = await greet();
    socket.say(push(1));
    await client.close();
    expect(socket.acks).toEqual(['@me:1']);
    expect(socket.closed?.code).toBe(1000);
    expect(await cursors.load()).toEqual({ '@me': { epoch: 'e1', seq: 1 } });
    expect(ends).toEqual([{ code: 1000, reason: 'closed', wasConnected: true, reconnect: false }]);
    expect(client.state).toBe('closed');
    expect(clock.pending).toBe(0);
  });
});

describe('acknowledgements beside a slow storage', () => {
  function slowStorage() {
    const stores: (() => void)[] = [];
    const save = () => new Promise<void>((resolve) => stores.push(resolve));
    const storeAll = async () => {
      for (const store of stores.splice(0)) store();
      await settled();
    };
    return { cursors: { load: () => Promise.resolve({}), save, forget: () => Promise.resolve() }, storeAll };
  }

  it('close() waits also for what was handled during a save', async () => {
    const { cursors, storeAll } = slowStorage();
    const { greet, client, clock } = harness({ cursors });
    const socket = await greet();
    await clock.advance(50);
    await storeAll();
    socket.say(push(1));
    await clock.advance(50);
    socket.say(push(2));
    const closing = client.close();
    await storeAll();
    await storeAll();
    await closing;
    expect(socket.acks).toEqual(['@me:1', '@me:2']);
  });

  it('a save of the old epoch is not acknowledged in the new one', async () => {
    const { cursors, storeAll } = slowStorage();
    const { greet, clock } = harness({ cursors });
    const socket = await greet();
    await clock.advance(50);
    await storeAll();
    socket.say(push(1));
    await clock.advance(50);
    socket.say({ op: 'followed', s: '@me', ...info({ epoch: 'e2', recovery: 'reset' }) });
    await storeAll();
    await clock.advance(50);
    await storeAll();
    expect(socket.acks).toEqual([]);
  });

  it('nothing is acknowledged before the new connection said connected', async () => {
    const { greet, client, clock, server } = harness({}, false);
    const finish: (() => void)[] = [];
    client.on('message', () => new Promise<void>((resolve) => finish.push(resolve)));
    (await greet()).say(push(1));
    server.last.drop();
    await clock.advance(500);
    server.last.open();
    finish[0]?.();
    await clock.advance(100);
    expect(server.last.frames.map(({ op }) => op)).toEqual(['connect']);
  });

  it('after close() the next message waits, although the handler before it ended', async () => {
    const { greet, client, clock } = harness({}, false);
    const shown: number[] = [];
    const finish: (() => void)[] = [];
    client.on('message', ({ seq }) => {
      shown.push(seq);
      return new Promise<void>((resolve) => finish.push(resolve));
    });
    (await greet()).say(...pushes(1, 2));
    await client.close();
    finish[0]?.();
    await clock.advance(100);
    expect(shown).toEqual([1]);
    expect(clock.pending).toBe(0);
    await greet({ '@me': info({ from: 1 }) });
    expect(shown).toEqual([1, 2]);
  });
});

describe('a message handler that fails', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('(%s) leaves its message unacknowledged; it comes again after a pause', async (_how, fail) => {
    const { greet, client, clock, codes, server } = harness({}, false);
    const shown: number[] = [];
    let isBroken = true;
    client.on('message', ({ seq }) => {
      shown.push(seq);
      return seq === 2 && isBroken ? fail() : undefined;
    });
    const socket = await greet();
    socket.say(...pushes(1, 3));
    await settled();
    expect(shown).toEqual([1, 2]);
    expect(codes()).toEqual(['CLIENT_HANDLER_FAILED']);
    expect(socket.closed).toEqual({ code: 4000, reason: 'handler failed' });
    expect(client.position('@me')?.seq).toBe(1);
    isBroken = false;
    await clock.advance(500);
    expect(server.sockets).toHaveLength(2);
    const next = await greet({ '@me': info({ head: 3, from: 1 }) });
    expect(next.of('connect')[0]?.resume).toEqual({ '@me': { epoch: 'e1', seq: 1 } });
    next.say(...pushes(2, 3));
    await clock.advance(50);
    expect(shown).toEqual([1, 2, 2, 3]);
    expect(next.acks).toEqual(['@me:3']);
  });

  it('for ever makes the pauses longer, not a storm', async () => {
    const { greet, client, clock, server } = harness({}, false);
    client.on('message', () => {
      throw new Error('poison');
    });
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      (await greet()).say(push(1));
      const before = clock.now();
      const count = server.sockets.length;
      while (server.sockets.length === count) await clock.advance(100);
      pauses.push(clock.now() - before);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('does not keep the other handlers from running, nor other streams from being acknowledged', async () => {
    const cursors = new MemoryCursors();
    const { greet, client, clock } = harness({ cursors });
    const other = jest.fn();
    client.on('message', ({ s }) => {
      if (s === '@me') throw new Error('no');
    });
    client.on('message', other);
    const socket = await greet({ '@me': info(), news: info() });
    socket.say(push(1, 'news'), push(1));
    expect(other).toHaveBeenCalledTimes(2);
    await clock.advance(50);
    expect(await cursors.load()).toEqual({ '@me': { epoch: 'e1', seq: 0 }, news: { epoch: 'e1', seq: 1 } });
  });
});
