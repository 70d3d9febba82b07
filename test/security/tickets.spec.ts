import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { systemClock, type Clock } from 'push-core';
import { RawClient } from '../support/raw-client.js';
import { clientFrame, RawSocket, upgradeRequest } from './support/raw-socket.js';
import { World } from './support/world.js';

/** The machine's clock, which a test may put forward. */
class ShiftedClock implements Clock {
  aheadMs = 0;
  now = () => systemClock.now() + this.aheadMs;
  elapsed = () => systemClock.elapsed();
  after: Clock['after'] = (ms, run) => systemClock.after(ms, run);
  soon: Clock['soon'] = (run) => systemClock.soon(run);
}

let world: World;
const clock = new ShiftedClock();
beforeAll(async () => {
  world = await World.start({ clock });
});
afterAll(() => world?.close());

/** The status of an event stream, and how it begins. */
async function stream(query: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const abort = new AbortController();
  const answer = await fetch(`${world.url}/v1/sse?${query}`, { headers, signal: abort.signal });
  if (answer.status !== 200) return { status: answer.status, text: await answer.text() };
  const { value } = await answer.body!.getReader().read();
  abort.abort();
  return { status: 200, text: Buffer.from(value as Uint8Array).toString() };
}
async function ticketFor(user: string, device = 'd1', tenant = 'default'): Promise<string> {
  const bearer = await world.token(user, { tenant });
  const { status, body } = await world.call('POST', `/v1/tickets?device=${device}`, { bearer });
  expect(status).toBe(201);
  return body.ticket as string;
}

describe('a token in a URL', () => {
  const names = ['token', 'access_token', 'auth', 'authorization', 'bearer', 'jwt', 'key', 'api_key'];

  it.each(['/v1/sse?device=d1', '/v1/poll?device=d1&waitMs=0'])('opens nothing: %s', async (path) => {
    const token = await world.token('ann');
    for (const name of names) {
      const { status, text } = await world.call('GET', `${path}&${name}=${token}`);
      expect([name, status]).toEqual([name, 400]);
      expect(text).not.toContain(token);
    }
    // Nor as what it is not.
    for (const path of ['/v1/sse?ticket=', '/v1/sse?device=d1&ticket=', `/v1/sse?device=d1&lastEventId=`]) {
      const { status, text } = await world.call('GET', path + token);
      expect([400, 401]).toContain(status);
      expect(text).not.toContain(token);
    }
  });

  it.each(['/v1/ack', '/v1/read', '/v1/tickets'])('signs nothing: POST %s', async (path) => {
    const token = await world.token('ann');
    for (const name of names) {
      const body = path === '/v1/tickets' ? undefined : { s: '@me', seq: 0 };
      const { status, text } = await world.call('POST', `${path}?device=d1&${name}=${token}`, { body });
      expect([name, status]).toEqual([name, 400]);
      expect(text).not.toContain(token);
    }
  });

  it('calls nothing of the API, be it a key or a token', async () => {
    for (const secret of ['key-of-default', await world.token('ann')]) {
      for (const name of names) {
        const { status, text } = await world.call('GET', `/v1/users/ann/inbox?${name}=${secret}`);
        expect([400, 401]).toContain(status);
        expect(text).not.toContain(secret);
      }
    }
  });

  it('is not looked at by the WebSocket, by Socket.IO and by MQTT', async () => {
    const token = await world.token('ann');
    const ticket = await ticketFor('ann');
    for (const query of [...names.map((name) => `${name}=${token}`), `ticket=${ticket}`]) {
      const client = await RawClient.open(`${world.socketUrl}?${query}`);
      client.send({ op: 'connect', device: 'd1' });
      expect((await client.ended()).code).toBe(3500);

      const socket = io(`${world.url}/push?${query}`, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        auth: { device: 'd1' },
      });
      const error = await new Promise<Error & { data?: { code?: string } }>((resolve, reject) => {
        socket.on('connect_error', resolve);
        socket.on('connect', () => reject(new Error('let in by a token in the URL')));
      });
      socket.disconnect();
      expect(error.data?.code).toBe('UNAUTHORIZED');

      // CONNECT of MQTT 3.1.1: clean, keep alive 60, client id d1, no user name, no password.
      const connect = Buffer.from('101000044d5154540402003c0002' + '6431' + '', 'hex');
      connect[1] = connect.length - 2;
      const mqtt = await RawSocket.say(
        world.port,
        upgradeRequest({ path: `/v1/mqtt?${query}`, protocol: 'mqtt' }),
        clientFrame(connect, { opcode: 2 }),
      );
      await mqtt.until(({ frames }) => frames.length > 0);
      const [connack] = mqtt.frames;
      mqtt.drop();
      // CONNACK, and why not: 4 or 5, bad credentials or not authorized.
      expect(connack!.payload[0]! >> 4).toBe(2);
      expect([4, 5]).toContain(connack!.payload[3]);
    }
  });
});

describe('a ticket', () => {
  it('opens one event stream, for the user and the device it was issued to, within 30 s', async () => {
    const bearer = await world.token('ann');
    const issued = await world.call('POST', '/v1/tickets?device=d7', { bearer });
    expect(issued.body.expiresAt - clock.now()).toBeLessThanOrEqual(30_000);
    expect(issued.body.expiresAt - clock.now()).toBeGreaterThan(25_000);
    // 128 bits that cannot be guessed, and nothing of the token.
    expect(issued.body.ticket).toMatch(/^[\w-]{22,128}$/);
    for (const part of bearer.split('.')) expect(issued.text).not.toContain(part);
    expect(issued.headers.get('cache-control')).toBe('no-store');

    await world.publish('ann', 'hers');
    const { status, text } = await stream(`ticket=${issued.body.ticket}`);
    expect(status).toBe(200);
    expect(text).toContain('event: connected');
    const { body } = await world.call('GET', '/v1/users/ann/presence', { bearer: 'key-of-default' });
    expect(JSON.stringify(body)).toContain('"d7"');
    expect((await stream(`ticket=${issued.body.ticket}`)).status).toBe(401);
  });

  it('opens one of many streams that are opened with it at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const ticket = await ticketFor('ann');
      const streams = await Promise.all(Array.from({ length: 20 }, () => stream(`device=d1&ticket=${ticket}`)));
      expect(streams.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(19).fill(401)]);
    }
  });

  it('is worth nothing after 30 s, even never used', async () => {
    const ticket = await ticketFor('ann');
    clock.aheadMs += 30_001;
    expect((await stream(`device=d1&ticket=${ticket}`)).status).toBe(401);
    clock.aheadMs -= 30_001;
    // It was spent by the attempt.
    expect((await stream(`device=d1&ticket=${ticket}`)).status).toBe(401);
  });

  it('is not good for another device, nor after the user was disconnected, nor beyond the life of its token', async () => {
    expect((await stream(`device=d2&ticket=${await ticketFor('ann', 'd1')}`)).status).toBe(403);

    const ticket = await ticketFor('bob');
    clock.aheadMs += 1;
    await world.push.disconnect('default', 'bob');
    const revoked = await stream(`device=d1&ticket=${ticket}`);
    expect([revoked.status, JSON.parse(revoked.text).code]).toEqual([401, 'REVOKED']);

    const bearer = await world.token('cid', { ttl: 20 });
    const short = (await world.call('POST', '/v1/tickets?device=d1', { bearer })).body.ticket as string;
    clock.aheadMs += 26_000;
    const late = await stream(`device=d1&ticket=${short}`);
    clock.aheadMs -= 26_000;
    expect([late.status, JSON.parse(late.text).code]).toEqual([401, 'TOKEN_EXPIRED']);
  });

  it('is good for nothing else: no header, no poll, no acknowledgement, no further ticket, no other transport', async () => {
    const ticket = await ticketFor('ann');
    const attempts: [string, string, object?][] = [
      ['GET', '/v1/sse?device=d1'],
      ['GET', '/v1/poll?device=d1&waitMs=0'],
      ['POST', '/v1/ack?device=d1', { s: '@me', seq: 0 }],
      ['POST', '/v1/read?device=d1', { s: '@me', seq: 0 }],
      ['POST', '/v1/tickets?device=d1'],
    ];
    for (const [method, path, body] of attempts) {
      expect((await world.call(method, path, { bearer: ticket, body })).status).toBe(401);
      if (path.startsWith('/v1/sse')) continue;
      expect([400, 401]).toContain((await world.call(method, `${path}&ticket=${ticket}`, { body })).status);
    }
    const client = await RawClient.open(world.socketUrl);
    client.send({ op: 'connect', token: ticket, device: 'd1' });
    expect((await client.ended()).code).toBe(3500);
    // None of that spent it.
    expect((await stream(`device=d1&ticket=${ticket}`)).status).toBe(200);
  });

  it('is refused beside a token, and where it is none, with one and the same answer', async () => {
    const spent = await ticketFor('ann');
    await stream(`device=d1&ticket=${spent}`);
    const real = await ticketFor('ann');
    const wrong = [spent, `${real}x`, real.slice(1), real.toLowerCase() + '0', 'x', '../../etc/passwd', "' OR 1=1 --"];
    const answers = await Promise.all(wrong.map((one) => stream(`device=d1&ticket=${encodeURIComponent(one)}`)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(401);

    const both = await stream(`device=d1&ticket=${real}`, { Authorization: `Bearer ${await world.token('bob')}` });
    expect(both.status).toBe(400);
  });
});
