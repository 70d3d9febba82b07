import { info, push } from './testing/fake-server.js';
import { harness } from './testing/harness.js';
import { settled } from './testing/manual-clock.js';

describe('reconnecting', () => {
  it('waits longer after each failure, up to the cap, and starts over after 5 s of connection', async () => {
    const { client, server, clock, greet } = harness({ backoff: { baseMs: 100, capMs: 400 } });
    void client.connect();
    await settled();
    for (const pause of [100, 200, 400, 400]) {
      const count = server.sockets.length;
      server.last.drop();
      await clock.advance(pause - 1);
      expect(server.sockets).toHaveLength(count);
      await clock.advance(1);
      expect(server.sockets).toHaveLength(count + 1);
    }
    await greet();
    await clock.advance(4_999);
    server.last.drop();
    await clock.advance(399);
    expect(server.sockets).toHaveLength(5);
    await clock.advance(1);
    await greet();
    await clock.advance(5_000);
    server.last.drop();
    await clock.advance(100);
    expect(server.sockets).toHaveLength(7);
  });

  it('jitters the whole wait', async () => {
    const { client, server, clock } = harness({ random: () => 0.25 });
    void client.connect();
    await settled();
    server.last.drop();
    await clock.advance(125);
    expect(server.sockets).toHaveLength(2);
  });

  it('comes back when the server asked it to', async () => {
    const { greet, server, clock, ends } = harness();
    const socket = await greet();
    socket.say({ op: 'bye', code: 3000, reconnect: true, afterMs: 1_830 });
    expect(ends).toEqual([{ code: 3000, reason: '', wasConnected: true, reconnect: true }]);
    await clock.advance(1_829);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(server.sockets).toHaveLength(2);
  });

  it('stays away when the server said so', async () => {
    const { greet, server, clock, client, codes } = harness();
    (await greet()).say({ op: 'bye', code: 3000, reconnect: false });
    await clock.advance(3_600_000);
    expect(server.sockets).toHaveLength(1);
    expect(client.state).toBe('closed');
    expect(codes()).toEqual(['CLIENT_REFUSED']);
    expect(clock.pending).toBe(0);
  });

  it.each([3003, 3500, 3502, 4500])('stays away after close code %i', async (code) => {
    const { greet, server, clock, client } = harness();
    (await greet()).drop(code);
    await clock.advance(3_600_000);
    expect(server.sockets).toHaveLength(1);
    expect(client.state).toBe('closed');
  });

  it('rejects connect() where the first answer is no', async () => {
    const { client, server } = harness();
    const connecting = client.connect();
    await settled();
    server.last.drop(3500, 'bad token');
    await expect(connecting).rejects.toMatchObject({ code: 'CLIENT_REFUSED' });
  });

  it('gets a new token after 3501 and comes back at once, but once only', async () => {
    const reasons: string[] = [];
    const { greet, server, client, clock } = harness({
      token: (reason) => {
        reasons.push(reason);
        return `jwt-${reasons.length}`;
      },
    });
    await greet();
    await clock.advance(5_000);
    server.last.drop(3501);
    await settled();
    expect(server.sockets).toHaveLength(2);
    await greet();
    expect(server.last.of('connect')[0]?.token).toBe('jwt-2');
    server.last.drop(3501);
    await settled();
    expect(client.state).toBe('closed');
    expect(reasons).toEqual(['connect', 'expired']);
  });

  it('may refresh again once a connection has stood', async () => {
    const { greet, server, clock } = harness({ token: () => 'jwt' });
    for (let round = 1; round < 4; round += 1) {
      await greet();
      await clock.advance(5_000);
      server.last.drop(3501);
      await settled();
      expect(server.sockets).toHaveLength(round + 1);
    }
  });

  it('does not try an expired token again that it cannot renew', async () => {
    const { greet, client } = harness({ token: 'fixed' });
    (await greet()).drop(3501);
    expect(client.state).toBe('closed');
  });

  it('tries again where no token can be had, or none in time', async () => {
    const answers = [
      () => Promise.reject(new Error('login is down')),
      () => '',
      () => new Promise<string>(() => undefined),
      () => 'jwt',
    ];
    const { client, server, clock, codes } = harness({ token: () => (answers.shift() ?? (() => 'jwt'))() });
    void client.connect();
    await settled();
    expect(client.state).toBe('waiting');
    await clock.advance(500 + 1_000 + 30_000 + 2_000);
    expect(server.sockets).toHaveLength(1);
    expect(codes()).toEqual(['CLIENT_TOKEN_FAILED', 'CLIENT_TOKEN_FAILED', 'CLIENT_TOKEN_FAILED']);
  });

  it('counts a factory or a socket that throws as a failed attempt', async () => {
    let isBroken = true;
    const { client, clock, codes, server } = harness({
      socket: (url, protocol) => {
        if (isBroken) throw new Error('blocked');
        return server.factory(url, protocol);
      },
    });
    void client.connect();
    await settled();
    isBroken = false;
    await clock.advance(500);
    server.last.refusesToSend = true;
    server.last.open();
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(2);
    expect(codes()).toEqual(['CLIENT_CONNECT_FAILED', 'CLIENT_CONNECT_FAILED']);
  });

  it('does nothing after close(), wherever it was', async () => {
    const waiting = harness();
    void waiting.client.connect();
    await settled();
    waiting.server.last.drop();
    await waiting.client.close();
    await waiting.clock.advance(100_000);
    expect(waiting.server.sockets).toHaveLength(1);

    const asking = harness({ token: () => settled().then(() => 'jwt') });
    void asking.client.connect();
    await asking.client.close();
    await settled();
    await settled();
    expect(asking.server.sockets).toHaveLength(0);
    expect(asking.client.state).toBe('closed');
  });

  it('connect() after close() goes on where it was', async () => {
    const { greet, client, shown } = harness();
    (await greet()).say(push(1));
    await client.close();
    const socket = await greet({ '@me': info({ head: 2, from: 0 }) });
    expect(socket.of('connect')[0]?.resume).toEqual({ '@me': { epoch: 'e1', seq: 1 } });
    socket.say(push(1), push(2));
    expect(shown).toEqual(['@me:1', '@me:2']);
  });

  it('close() from inside a handler is fine', async () => {
    const { greet, client, clock } = harness({}, false);
    const shown: number[] = [];
    let closing: Promise<void> | undefined;
    client.on('message', ({ seq }) => {
      shown.push(seq);
      closing = client.close();
    });
    const socket = await greet();
    socket.say(push(1), push(2));
    await closing;
    expect(shown).toEqual([1]);
    expect(client.position('@me')?.seq).toBe(1);
    expect(clock.pending).toBe(0);
  });
});

describe('a silent server', () => {
  it('is asked after heartbeatMs, and left 10 s later', async () => {
    const { greet, clock, server } = harness();
    const socket = await greet(undefined, { heartbeatMs: 20_000 });
    await clock.advance(19_999);
    expect(socket.of('ping')).toHaveLength(0);
    await clock.advance(1);
    expect(socket.of('ping')).toHaveLength(1);
    await clock.advance(9_999);
    expect(socket.closed).toBeUndefined();
    await clock.advance(1);
    expect(socket.closed).toEqual({ code: 4000, reason: 'no heartbeat' });
    await clock.advance(500);
    expect(server.sockets).toHaveLength(2);
  });

  it('that answers is kept, and one that talks is not asked', async () => {
    const { greet, clock } = harness();
    const socket = await greet(undefined, { heartbeatMs: 20_000 });
    await clock.advance(20_000);
    socket.say({ op: 'pong' });
    for (let seq = 1; seq <= 10; seq += 1) {
      await clock.advance(15_000);
      socket.say(push(seq));
    }
    expect(socket.of('ping')).toHaveLength(1);
    expect(socket.closed).toBeUndefined();
  });

  it('cannot make us ping without pause', async () => {
    const { greet, clock } = harness();
    const socket = await greet(undefined, { heartbeatMs: 0 });
    await clock.advance(999);
    expect(socket.of('ping')).toHaveLength(0);
  });
});
