import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ByeFrame, ConnectedFrame, ErrorFrame, GapFrame, OkFrame, ServerFrame, SkipFrame } from 'push-core/wire';
import { eventually } from '../support/eventually.js';
import { startHost, type HostApp } from '../support/host-app.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

describe('the WebSocket', () => {
  let server: ServerProcess;
  let users = 0;
  beforeAll(async () => {
    server = await ServerProcess.start({ env: { PUSH_ALLOWED_ORIGINS: 'https://app.example.com' } });
  });
  afterAll(() => server?.remove());

  const newUser = () => `user-${(users += 1)}`;
  async function connect(
    user: string,
    more: { device?: string; resume?: unknown; window?: number } = {},
    claims: object = {},
  ) {
    const token = await server.token(user, { ...claims });
    return RawClient.connect(server.socketUrl, { token, device: 'd1', ...more });
  }
  const isError = (id: number) => (frame: ServerFrame) => frame.op === 'error' && frame.id === id;
  const isOk = (id: number) => (frame: ServerFrame) => frame.op === 'ok' && frame.id === id;
  async function expectBye(client: RawClient, code: number, reconnect: boolean): Promise<void> {
    const bye = await client.until<ByeFrame>((frame) => frame.op === 'bye');
    expect(bye).toMatchObject({ op: 'bye', code, reconnect });
    expect((await client.ended()).code).toBe(code);
  }
  /** Asked until what acknowledgements write together has been written. */
  function whenDelivered(id: string): Promise<void> {
    return eventually(async () => (await server.call('GET', `/v1/messages/${id}`)).body.counts.delivered > 0);
  }

  describe('resuming', () => {
    it('is complete after the position the client names', async () => {
      const user = newUser();
      const first = await connect(user);
      for (let n = 1; n <= 5; n++) await server.publish(user, n);
      await first.client.pushes(5);
      first.client.drop();

      const { epoch } = first.connected.streams['@me']!;
      const { client, connected } = await connect(user, { resume: { '@me': { epoch, seq: 3 } } });
      expect(connected.streams['@me']).toEqual({ epoch, head: 5, from: 3, recovery: 'complete' });
      expect((await client.pushes(2)).map(({ seq }) => seq)).toEqual([4, 5]);
      client.drop();
    });

    it('continues from the stored cursor where the client names none', async () => {
      const user = newUser();
      const first = await connect(user);
      const ids: string[] = [];
      for (let n = 1; n <= 4; n++) ids.push(await server.publish(user, n));
      await first.client.pushes(4);
      first.client.ack(2);
      await whenDelivered(ids[1]!);
      first.client.drop();

      const { client, connected } = await connect(user);
      expect(connected.streams['@me']).toMatchObject({ from: 2, head: 4, recovery: 'complete' });
      expect((await client.pushes(2)).map(({ seq }) => seq)).toEqual([3, 4]);
      client.drop();
    });

    it('starts a device never seen at the head, or at the oldest entry where it asks for the start', async () => {
      const user = newUser();
      for (let n = 1; n <= 3; n++) await server.publish(user, n);
      const fresh = await connect(user, { device: 'new' });
      expect(fresh.connected.streams['@me']).toMatchObject({ from: 3, head: 3, recovery: 'complete' });
      const eager = await connect(user, { device: 'eager', resume: { '@me': 'start' } });
      expect(eager.connected.streams['@me']).toMatchObject({ from: 0, head: 3, recovery: 'complete' });
      expect((await eager.client.pushes(3)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      await eager.client.settled();
      expect(fresh.client.received()).toEqual([]);
      fresh.client.drop();
      eager.client.drop();
    });

    it('answers another epoch with a reset', async () => {
      const user = newUser();
      await server.publish(user, 1);
      const { client, connected } = await connect(user, { resume: { '@me': { epoch: 'of-another-life', seq: 41 } } });
      expect(connected.streams['@me']).toMatchObject({ recovery: 'reset' });
      expect(connected.streams['@me']!.epoch).not.toBe('of-another-life');
      client.drop();
    });

    describe('where retention has removed entries', () => {
      let host: HostApp;
      beforeAll(async () => {
        host = await startHost({ retention: { maxEntries: 5, everyMs: 50 } });
      });
      afterAll(() => host?.close());

      it('announces the gap with the range that is lost, then continues', async () => {
        const token = await host.token('gap');
        const first = await RawClient.connect(host.socketUrl, { token, device: 'd1' });
        first.client.drop();
        for (let n = 1; n <= 20; n++) await host.push.publish({ to: { users: ['gap'] }, type: 't', data: n });
        await eventually(async () => (await host.push.inbox('gap')).first === 16);

        const { epoch } = first.connected.streams['@me']!;
        const { client, connected } = await RawClient.connect(host.socketUrl, {
          token,
          device: 'd1',
          resume: { '@me': { epoch, seq: 2 } },
        });
        expect(connected.streams['@me']).toMatchObject({ head: 20, recovery: 'gap', lost: { from: 3, to: 15 } });
        const gap = await client.until<GapFrame>((frame) => frame.op === 'gap');
        expect(gap).toEqual({ op: 'gap', s: '@me', from: 3, to: 15, reason: 'retention' });
        expect((await client.pushes(5)).map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20]);
        client.drop();
      });
    });
  });

  it('keeps no more outstanding than the window', async () => {
    const user = newUser();
    const { client } = await connect(user, { window: 3 });
    for (let n = 1; n <= 10; n++) await server.publish(user, n);
    await client.pushes(3);
    await client.settled();
    expect(client.received().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    client.ack(2);
    await client.pushes(5);
    await client.settled();
    expect(client.received().map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    client.drop();
  });

  it('lets one acknowledgement cover many, and one again change nothing', async () => {
    const user = newUser();
    const { client } = await connect(user);
    const ids = [await server.publish(user, 1), await server.publish(user, 2), await server.publish(user, 3)];
    await client.pushes(3);
    client.ack(3);
    client.ack(1);
    await whenDelivered(ids[2]!);
    await client.settled();
    const reports = await Promise.all(ids.map((id) => server.call('GET', `/v1/messages/${id}`)));
    expect(reports.map(({ body }) => body.state as string)).toEqual(['delivered', 'delivered', 'delivered']);
    client.drop();
  });

  it('ends a client that acknowledges beyond what was sent', async () => {
    const { client } = await connect(newUser());
    client.ack(1);
    await expectBye(client, 3504, false);
  });

  it('answers an unknown op with an error and goes on', async () => {
    const { client } = await connect(newUser());
    client.send({ op: 'dance', id: 9 });
    const error = await client.until<ErrorFrame>((frame) => frame.op === 'error');
    expect(error).toMatchObject({ code: 'UNKNOWN_OP', message: expect.any(String) });
    await client.settled();
    client.drop();
  });

  it('takes several frames in one, a line each', async () => {
    const { client } = await connect(newUser());
    client.sendText('{"op":"ping"}\n{"op":"ping"}\n{"op":"ping"}');
    await eventually(() => client.frames.filter(({ op }) => op === 'pong').length === 3);
    client.drop();
  });

  it.each([
    ['no JSON', '{"op":'],
    ['no object', '42'],
  ])('ends a client that sends %s', async (_, text) => {
    const { client } = await connect(newUser());
    client.sendText(text);
    await expectBye(client, 3503, false);
  });

  it('ends a client that sends a binary frame', async () => {
    const { client } = await connect(newUser());
    client.socket.send(Buffer.from([1, 2, 3]));
    expect((await client.ended()).code).toBe(3503);
  });

  it('ends a client whose frame is larger than 32 KiB, and takes one just below', async () => {
    const { client } = await connect(newUser());
    client.sendText(`{"op":"ping"}\n${' '.repeat(32 * 1024 - 20)}`.slice(0, 32 * 1024 - 1));
    await client.until((frame) => frame.op === 'pong');
    client.sendText(`{"op":"ping","x":"${'x'.repeat(32 * 1024)}"}`);
    expect((await client.ended()).code).toBe(3505);
  });

  it.each<[string, () => Promise<string>]>([
    ['nonsense', async () => 'nonsense'],
    [
      'a foreign signature',
      async () => `${(await server.token('x')).split('.').slice(0, 2).join('.')}.${'A'.repeat(43)}`,
    ],
    ['alg none', async () => `${base64({ alg: 'none' })}.${base64({ sub: 'x', ten: 'default', exp: 4e9 })}.`],
  ])('refuses a token that is %s', async (_, token) => {
    const client = await RawClient.open(server.socketUrl);
    client.send({ op: 'connect', token: await token(), device: 'd1' });
    await expectBye(client, 3500, false);
  });

  it("refuses another device's token", async () => {
    const client = await RawClient.open(server.socketUrl);
    client.send({ op: 'connect', token: await server.token('x', { device: 'd1' }), device: 'd2' });
    await expectBye(client, 3500, false);
  });

  it('takes the token at the upgrade too', async () => {
    const token = await server.token(newUser());
    const { client, connected } = await RawClient.connect(
      server.socketUrl,
      { device: 'd1' },
      { headers: { Authorization: `Bearer ${token}` } },
    );
    expect(connected.streams['@me']).toBeDefined();
    client.drop();
  });

  it('replaces the connection of a device that connects again', async () => {
    const user = newUser();
    const first = await connect(user);
    const second = await connect(user);
    await expectBye(first.client, 3003, false);
    await server.publish(user, 1);
    expect(await second.client.pushes(1)).toHaveLength(1);
    second.client.drop();
  });

  describe('topics', () => {
    it('are followed where the token allows it, by name or by pattern, and left again', async () => {
      const { client } = await connect(newUser(), {}, { topics: ['news.*', 'sport'] });
      client.send({ op: 'follow', s: 'news.world', id: 1 });
      expect(await client.until<OkFrame>(isOk(1))).toMatchObject({
        op: 'ok',
        id: 1,
        epoch: expect.any(String),
        head: 0,
        from: 0,
      });
      client.send({ op: 'follow', s: 'sport', id: 2 });
      await client.until(isOk(2));
      for (const [id, topic] of [
        [3, 'news'],
        [4, 'sports'],
        [5, 'newsroom'],
      ] as const) {
        client.send({ op: 'follow', s: topic, id });
        expect(await client.until<ErrorFrame>(isError(id))).toMatchObject({ code: 'NOT_ALLOWED' });
      }
      const publish = (topic: string) =>
        server.call('POST', '/v1/messages', { body: { to: { topics: [topic] }, type: 't' } });
      await publish('news.world');
      expect((await client.pushes(1, 'news.world'))[0]).toMatchObject({ seq: 1 });

      client.send({ op: 'unfollow', s: 'news.world', id: 6 });
      await client.until(isOk(6));
      await publish('news.world');
      await publish('sport');
      await client.pushes(1, 'sport');
      await client.settled();
      expect(client.received('news.world')).toHaveLength(1);
      client.drop();
    });

    it('a user subscribes to are listed when it connects, each with its own cursor', async () => {
      const user = newUser();
      await server.call('PUT', `/v1/topics/weather/subscribers/${user}`);
      const first = await connect(user);
      expect(first.connected.streams.weather).toMatchObject({ recovery: 'complete' });
      await server.call('POST', '/v1/messages', { body: { to: { topics: ['weather'] }, type: 'rain' } });
      expect((await first.client.pushes(1, 'weather'))[0]).toMatchObject({ type: 'rain' });
      first.client.drop();
      const second = await connect(user);
      expect((await second.client.pushes(1, 'weather'))[0]).toMatchObject({ type: 'rain' });
      second.client.drop();
    });

    it('a connected user is subscribed to begin at once', async () => {
      const user = newUser();
      const { client } = await connect(user);
      await server.call('PUT', `/v1/topics/late/subscribers/${user}`);
      await server.call('POST', '/v1/messages', { body: { to: { topics: ['late'] }, type: 't' } });
      await client.pushes(1, 'late');
      client.drop();
    });
  });

  describe('what is not for the device is skipped', () => {
    const isSkip = (frame: { op: string }) => frame.op === 'skip';

    it('where it is excluded', async () => {
      const user = newUser();
      const other = await connect(user, { device: 'd2' });
      const { client } = await connect(user);
      await server.call('POST', '/v1/messages', {
        body: { to: { users: [user], except: { devices: [{ user, device: 'd1' }] } }, type: 't' },
      });
      await server.publish(user, 2);
      expect(await client.until<SkipFrame>(isSkip)).toEqual({
        op: 'skip',
        s: '@me',
        from: 1,
        to: 1,
        reason: 'excluded',
      });
      expect((await client.pushes(1))[0]!.seq).toBe(2);
      expect((await other.client.pushes(2)).map(({ seq }) => seq)).toEqual([1, 2]);
      client.ack(2);
      await client.settled();
      client.drop();
      other.client.drop();
    });

    it('where it has expired', async () => {
      const user = newUser();
      const id = await server.publish(user, 1, { options: { ttl: 1 } });
      await server.publish(user, 2);
      await eventually(async () => (await server.call('GET', `/v1/messages/${id}`)).body.state === 'expired');
      const { client } = await connect(user, { resume: { '@me': 'start' } });
      expect(await client.until<SkipFrame>(isSkip)).toEqual({
        op: 'skip',
        s: '@me',
        from: 1,
        to: 1,
        reason: 'expired',
      });
      expect((await client.pushes(1))[0]!.seq).toBe(2);
      client.drop();
    });
  });

  describe('the origin', () => {
    it.each([
      'https://evil.example',
      'null',
      'https://app.example.com.evil.example',
      'http://app.example.com',
      'https://app.example.com:444',
    ])('is refused before the upgrade: %s', async (origin) => {
      await expect(RawClient.open(server.socketUrl, { headers: { Origin: origin } })).rejects.toThrow('403');
    });

    it('is taken where it is listed, and where there is none', async () => {
      const listed = await RawClient.open(server.socketUrl, { headers: { Origin: 'https://app.example.com' } });
      const none = await RawClient.open(server.socketUrl);
      listed.drop();
      none.drop();
    });
  });

  it('refuses whom the host refuses, a resume too', async () => {
    let banned = false;
    const host = await startHost({
      plugins: [
        { name: 'ban', hooks: { connect: () => (banned ? { allow: false, reason: 'banned' } : { allow: true }) } },
      ],
    });
    const token = await host.token('u');
    const { client, connected } = await RawClient.connect(host.socketUrl, { token, device: 'd1' });
    client.drop();
    banned = true;
    const again = await RawClient.open(host.socketUrl);
    again.send({
      op: 'connect',
      token,
      device: 'd1',
      resume: { '@me': { epoch: connected.streams['@me']!.epoch, seq: 0 } },
    });
    await expectBye(again, 3502, false);
    await host.close();
  });
});

describe('what the WebSocket does in time', () => {
  let server: ServerProcess;
  /** All begun at once, so that their seconds pass together. */
  let silent: Promise<RawClient>;
  let unacknowledged: Promise<RawClient>;
  let expiring: Promise<{ client: RawClient; token: string; connected: ConnectedFrame }>;

  beforeAll(async () => {
    server = await ServerProcess.start();
    silent = RawClient.open(server.socketUrl);
    unacknowledged = (async () => {
      const { client } = await RawClient.connect(server.socketUrl, { token: await server.token('slow'), device: 'd1' });
      await server.publish('slow', 1);
      await client.pushes(1);
      return client;
    })();
    expiring = (async () => {
      const token = await server.token('brief', { ttl: 5 });
      return { token, ...(await RawClient.connect(server.socketUrl, { token, device: 'd1' })) };
    })();
    await Promise.all([silent, unacknowledged, expiring]);
  });
  afterAll(() => server?.remove());

  it('closes a connection whose token expires, and refuses it when it resumes', async () => {
    const { client, token, connected } = await expiring;
    expect((await client.ended(20_000)).code).toBe(3501);
    const again = await RawClient.open(server.socketUrl);
    again.send({
      op: 'connect',
      token,
      device: 'd1',
      resume: { '@me': { epoch: connected.streams['@me']!.epoch, seq: 0 } },
    });
    expect((await again.ended()).code).toBe(3501);
  });

  it('closes a connection on which no connect came within 10 s', async () => {
    const client = await silent;
    expect((await client.ended(15_000)).code).toBe(3504);
  });

  it('takes its own origin and no other where no list is given', async () => {
    const own = await RawClient.open(server.socketUrl, { headers: { Origin: server.url } });
    own.drop();
    const foreign = RawClient.open(server.socketUrl, { headers: { Origin: 'https://app.example.com' } });
    await expect(foreign).rejects.toThrow('403');
  });

  it('sends an unacknowledged entry again after 10 s, and not after it is acknowledged', async () => {
    const client = await unacknowledged;
    const [first, second] = await client.pushes(2, '@me', 20_000);
    expect(second).toEqual(first);
    client.ack(1);
    await client.settled();
    client.drop();
  });
});

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
