import { Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { LIMITS } from 'push-core';
import { GatewayApp, type GatewayAppOptions } from './gateway-app.fixture.js';
import { PushGateway, pushGateway } from './index.js';

let app: GatewayApp;
afterEach(() => app.close());

const open = async (more: Partial<GatewayAppOptions> = {}): Promise<GatewayApp> =>
  (app = await GatewayApp.open({ providers: [PushGateway], adapter: (nest) => new WsAdapter(nest), ...more }));

describe('PushGateway under WsAdapter', () => {
  it('speaks push.v1.json at /v1/push: connect, push, acknowledge, bye', async () => {
    await open();
    const phone = app.socket('/v1/push');
    expect(await phone.connected('u1')).toMatchObject({ streams: { '@me': { head: 0 } } });
    expect(phone.socket.protocol).toBe('push.v1.json');
    await app.publish('u1');
    expect(await phone.next('push')).toMatchObject({ s: '@me', seq: 1, type: 'hello', data: 1 });
    const told = app.happens('delivered');
    phone.send({ op: 'ack', s: '@me', seq: 1 });
    expect(await told).toMatchObject({ user: 'u1', device: 'd1', to: 1 });
    await app.shutDown();
    expect(await phone.next('bye')).toMatchObject({ code: 3000, reconnect: true });
  });

  it('takes the token of the upgrade, and a client that names no subprotocol', async () => {
    await open();
    const phone = app.socket('/v1/push', { headers: { Authorization: 'Bearer u1' } }, []);
    await phone.opened();
    phone.send({ op: 'connect', device: 'd1' });
    await phone.next('connected');
    expect(app.tokens).toEqual(['u1']);
  });

  it('picks its subprotocol among several, and serves no other', async () => {
    await open();
    const several = app.socket('/v1/push', {}, ['chat', 'push.v1.json']);
    await several.connected('u1');
    expect(several.socket.protocol).toBe('push.v1.json');
    const other = app.socket('/v1/push', {}, 'chat');
    await other.closed;
    expect(app.push.engine.status().connections).toBe(1);
  });

  it('is served by a path of its own with pushGateway', async () => {
    await open({ providers: [PushGateway, pushGateway({ path: '/live' })] });
    const [here, there] = [app.socket('/v1/push'), app.socket('/live')];
    await here.connected('u1', 'd1');
    await there.connected('u1', 'd2');
    await app.publish('u1');
    expect([await here.next('push'), await there.next('push')]).toMatchObject([{ seq: 1 }, { seq: 1 }]);
  });

  it('accepts a socket once, however many modules list it', async () => {
    class Feature {}
    Module({ providers: [PushGateway] })(Feature);
    await open({ providers: [PushGateway, Feature] });
    const phone = app.socket('/v1/push');
    await phone.connected('u1');
    phone.send({ op: 'ping' });
    await phone.next('pong');
    expect(phone.frames).toEqual([]);
    expect(app.push.engine.status().connections).toBe(1);
  });

  it('logs nothing and throws nothing about frames that are not in Nest’s envelope', async () => {
    await open();
    const phone = app.socket('/v1/push');
    await phone.connected('u1');
    await app.publish('u1');
    await phone.next('push');
    phone.send({ op: 'ack', s: '@me', seq: 1 }, { op: 'ping' }, { op: 'read', s: '@me', seq: 1 });
    phone.send({ op: 'ping', event: 'ping', data: 1 });
    expect(await phone.next('error')).toMatchObject({ code: 'UNKNOWN_FIELD' });
    expect(app.complaints).toEqual([]);
  });

  it('sends away newcomers while it drains, and says when to come back', async () => {
    await open();
    await app.push.engine.drain();
    const late = app.socket('/v1/push');
    expect(await late.next('error')).toMatchObject({ code: 'DRAINING' });
    expect(await late.next('bye')).toMatchObject({ code: 3000, reconnect: true, afterMs: expect.any(Number) });
    expect(await late.closed).toMatchObject({ code: 3000 });
  });

  it('holds no connections in a process without the role of a gateway', async () => {
    await open({ options: { roles: ['api', 'worker'] } });
    const phone = app.socket('/v1/push');
    expect(await phone.next('error')).toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(await phone.closed).toMatchObject({ code: 3004 });
  });
});

describe('the origin of a page', () => {
  const GOOD = 'https://app.example.com';
  const auth = { Authorization: 'Bearer u1' };

  it.each([
    ['another site', 'https://evil.example'],
    ['a longer name', `${GOOD}.evil.example`],
    ['a sandboxed page', 'null'],
  ])('%s is sent away before anything of the engine is reached', async (_, origin) => {
    await open({ options: { allowedOrigins: [GOOD] } });
    const page = app.socket('/v1/push', { headers: { ...auth, Origin: origin } });
    page.socket.once('open', () => page.send({ op: 'connect', token: 'u1', device: 'd1' }));
    expect(await page.closed).toEqual({ code: 3500, reason: 'origin not allowed' });
    expect(page.frames).toEqual([
      expect.objectContaining({ op: 'error', code: 'NOT_ALLOWED' }),
      { op: 'bye', code: 3500, reconnect: false, reason: 'origin not allowed' },
    ]);
    // Whoever came after it was looked at; it was not.
    await app.socket('/v1/push', { headers: { Origin: GOOD } }).connected('u2');
    expect(app.tokens).toEqual(['u2']);
  });

  it('is the server’s own where none is listed', async () => {
    await open();
    await app.socket('/v1/push', { headers: { Origin: `http://${app.address}` } }).connected('u1');
    const foreign = app.socket('/v1/push', { headers: { Origin: GOOD } });
    expect(await foreign.closed).toMatchObject({ code: 3500 });
  });
});

describe('what ends a link', () => {
  const ENDS: [string, (phone: ReturnType<GatewayApp['socket']>) => void, number][] = [
    ['a frame larger than 32 KiB', (phone) => phone.send({ op: 'ping', x: 'x'.repeat(LIMITS.clientFrameBytes) }), 3505],
    ['a binary frame', (phone) => phone.socket.send(Buffer.from('{"op":"ping"}')), 3503],
    ['text that is no JSON', (phone) => phone.socket.send('hello'), 3503],
    ['an acknowledgement of what was not sent', (phone) => phone.send({ op: 'ack', s: '@me', seq: 9 }), 3504],
  ];
  it.each(ENDS)('%s', async (_, act, code) => {
    await open();
    const phone = app.socket('/v1/push');
    await phone.connected('u1');
    act(phone);
    expect(await phone.next('bye')).toMatchObject({ code, reconnect: false });
    expect(await phone.closed).toMatchObject({ code });
  });

  it('a client that says nothing in time', async () => {
    await open({ options: { limits: { connectTimeoutMs: 100 } } });
    const silent = app.socket('/v1/push');
    expect(await silent.closed).toMatchObject({ code: 3504 });
  });

  it('a client that gives no sign of life; one that answers pings stays', async () => {
    await open({ options: { limits: { heartbeatMs: 100, heartbeatGraceMs: 500 } } });
    const [alive, dead] = [app.socket('/v1/push'), app.socket('/v1/push', { autoPong: false })];
    await alive.connected('u1', 'd1');
    await dead.connected('u1', 'd2');
    expect(await dead.closed).toMatchObject({ code: 3002 });
    alive.send({ op: 'ping' });
    await alive.next('pong');
  });

  it('a client that takes nothing', async () => {
    await open({ options: { limits: { congestedBytes: 64 * 1024, slowConsumerMs: 1000 } } });
    const slow = app.socket('/v1/push');
    await slow.connected('u1');
    slow.socket.pause();
    const over = app.happens('disconnected');
    // More than the sockets of this machine take in on the way.
    for (let i = 0; i < 200; i++) await app.publish('u1', 'x'.repeat(60_000));
    expect(await over).toMatchObject({ user: 'u1', code: 3001 });
  });
});
