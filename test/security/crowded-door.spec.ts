import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, createPush, systemClock, type Clock, type Push } from 'push-core';
import { attachMqttWebSocket } from 'push-core/mqtt';
import { attachWebSocket } from 'push-core/websocket';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { clientFrame, RawSocket, upgradeRequest } from './support/raw-socket.js';
import { World } from './support/world.js';

jest.setTimeout(60_000);

describe('those that crowd the door of the WebSocket', () => {
  let world: World;
  const sockets: RawSocket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.drop();
    await world?.close();
  });
  const say = async (...parts: (string | Buffer)[]): Promise<RawSocket> => {
    const socket = await RawSocket.say(world.port, ...parts);
    sockets.push(socket);
    return socket;
  };
  const health = async (): Promise<number> => {
    const begin = performance.now();
    expect((await world.call('GET', '/healthz')).status).toBe(200);
    return performance.now() - begin;
  };

  it.each([
    ['silence', undefined],
    ['pings', clientFrame('', { opcode: 9 })],
    ['pongs nobody asked for', clientFrame('', { opcode: 10 })],
    ['a frame, byte by byte', Buffer.from('{')],
  ])('who does not connect in time is closed with 3504, whatever else it does: %s', async (_what, drip) => {
    world = await World.start({ limits: { connectTimeoutMs: 1500 } });
    const begin = performance.now();
    const opening = drip?.length === 1 ? clientFrame('', { length: 10_000 }) : '';
    const crowd = await Promise.all(Array.from({ length: 50 }, () => say(upgradeRequest(), opening)));
    const dripping = setInterval(() => {
      for (const { tcp } of crowd) if (drip && tcp.writable) tcp.write(drip);
    }, 200);
    try {
      const codes = await Promise.all(crowd.map((socket) => socket.farewell(5_000)));
      expect(new Set(codes)).toEqual(new Set([3504]));
    } finally {
      clearInterval(dripping);
    }
    expect(performance.now() - begin).toBeGreaterThan(1400);
    expect(performance.now() - begin).toBeLessThan(4500);
    await eventually(() => world.push.status().connections === 0);
  });

  it('who comes when too many are waiting is told 503 and when to come back, before 101; then there is room again', async () => {
    world = await World.start({ limits: { unauthenticated: 20, connectTimeoutMs: 1000 } });
    await Promise.all(Array.from({ length: 20 }, () => say(upgradeRequest())));
    await eventually(() => world.push.status().connections === 20);
    const late = await say(upgradeRequest());
    await late.ended();
    expect(late.status).toBe(503);
    expect(late.received.toString()).toMatch(/\r\nRetry-After: [1-9]/);
    for (const path of ['/v1/poll?device=d1&waitMs=0', '/v1/sse?device=d1']) {
      const answer = await world.call('GET', path, { bearer: await world.token('ann') });
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
    }
    expect(await health()).toBeLessThan(1000);
    await eventually(() => world.push.status().connections === 0);
    const { client } = await RawClient.connect(world.socketUrl, { token: await world.token('ann'), device: 'd1' });
    client.drop();
  });

  it('who has as many connections as an address may is told 429 and when to come back, before 101', async () => {
    world = await World.start({ limits: { connectionsPerAddress: 10 } });
    const inside = await Promise.all(Array.from({ length: 10 }, () => say(upgradeRequest())));
    await eventually(() => world.push.status().connections === 10);
    const late = await say(upgradeRequest());
    await late.ended();
    expect(late.status).toBe(429);
    expect(late.received.toString()).toMatch(/\r\nRetry-After: [1-9]/);
    inside[0]!.drop();
    await eventually(() => world.push.status().connections === 9);
    const next = await say(upgradeRequest());
    await next.until(({ status }) => status === 101);
  });

  it('who comes and goes a thousand times leaves nothing behind, and health is answered meanwhile', async () => {
    world = await World.start({ limits: { presenceLeaseMs: 1000 } });
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, n) => world.token(`user-${n}`)));
    let worst = 0;
    for (let round = 0; round < 25; round++) {
      const visits = Array.from({ length: 40 }, async (_, n) => {
        const frame = clientFrame(JSON.stringify({ op: 'connect', token: tokens[n % 10], device: `d${n}` }));
        const socket = await say(upgradeRequest(), frame);
        // At every stage of its coming in.
        if (n % 4 === 0) return socket.drop();
        await socket.until(({ status, isEnded }) => status === 101 || isEnded);
        if (n % 4 === 1) return void socket.tcp.resetAndDestroy();
        await socket.until(({ objects }) => objects.length > 0);
        if (n % 4 === 2) return socket.drop();
        socket.tcp.write(clientFrame('', { opcode: 8 }));
        await socket.ended();
      });
      worst = Math.max(worst, await health());
      await Promise.all(visits);
      sockets.length = 0;
    }
    expect(worst).toBeLessThan(1000);
    await eventually(() => world.push.status().connections === 0);
    const users = Array.from({ length: 10 }, (_, n) => `user-${n}`);
    await eventually(async () => (await world.push.presence('default', users)).every(({ online }) => !online));
    expect(world.push.meters.connections).toEqual(new Map([['websocket', 0]]));
    await expect(
      new Promise((resolve) => world.server.getConnections((_, count) => resolve(count))),
    ).resolves.toBeLessThan(5);
  });
});

describe('an upgrade that nobody answers', () => {
  let push: Push;
  let server: Server;
  afterEach(async () => {
    await push.close();
    server.closeAllConnections();
    server.close();
  });

  it("is refused after a while, where several listen for upgrades and each thought it another's", async () => {
    push = createPush({ store: createMemoryStore() });
    await push.start();
    server = createServer();
    const waits: { ms: number; run: () => void }[] = [];
    const clock: Clock = { ...systemClock, after: (ms, run) => (waits.push({ ms, run }), { cancel: () => undefined }) };
    attachWebSocket(server, push, { clock });
    await attachMqttWebSocket(server, push);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const stray = await RawSocket.say(port, upgradeRequest({ path: '/elsewhere' }));
    await eventually(() => waits.length === 1);
    expect(stray.status).toBeUndefined();
    const mqtt = await RawSocket.say(port, upgradeRequest({ path: '/v1/mqtt', protocol: 'mqtt' }));
    await mqtt.until(({ status }) => status === 101);
    for (const { ms, run } of waits) {
      expect(ms).toBe(10_000);
      run();
    }
    await stray.ended();
    expect(stray.status).toBe(404);
    // Who was answered stays.
    expect(mqtt.isEnded).toBe(false);
    mqtt.drop();
  });
});
