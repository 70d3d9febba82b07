import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { once } from 'node:events';
import { GatewayApp, type GatewayAppOptions } from './gateway-app.fixture.js';
import { PushGateway } from './index.js';

const apps: GatewayApp[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});
async function open(options: Omit<GatewayAppOptions, 'adapter'>): Promise<GatewayApp> {
  const app = await GatewayApp.open({ adapter: (nest) => new WsAdapter(nest), ...options });
  apps.push(app);
  return app;
}

@WebSocketGateway({ path: '/chat' })
class ChatGateway {
  @SubscribeMessage('say')
  say(@MessageBody() text: string): object {
    return { event: 'said', data: text };
  }
}

const HTTP: [string, () => ExpressAdapter | FastifyAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

describe.each(HTTP)('on %s', (_, http) => {
  it('the WebSocket at /v1/ws, PushGateway and a gateway of the host live side by side', async () => {
    const app = await open({ http: http(), providers: [ChatGateway, PushGateway] });
    const [attached, gateway] = [app.socket('/v1/ws'), app.socket('/v1/push')];
    await attached.connected('u1', 'd1');
    await gateway.connected('u1', 'd2');
    const chat = await app.socket('/chat', {}, []).opened();
    chat.send({ event: 'say', data: 'hi' });
    const [said] = (await once(chat.socket, 'message')) as [Buffer];
    expect(JSON.parse(said.toString())).toEqual({ event: 'said', data: 'hi' });

    await app.publish('u1');
    expect([await attached.next('push'), await gateway.next('push')]).toMatchObject([{ seq: 1 }, { seq: 1 }]);
    await app.shutDown();
    expect([await attached.closed, await gateway.closed]).toMatchObject([{ code: 3000 }, { code: 3000 }]);
  });

  it('an upgrade nobody serves is ended', async () => {
    const app = await open({ http: http(), providers: [ChatGateway] });
    expect(await app.socket('/nowhere').closed).toMatchObject({ code: 1006 });
  });
});

describe('two applications in one process', () => {
  it('do not see each other’s messages: not those to a device of the same user', async () => {
    const [a, b] = [await open({ providers: [PushGateway] }), await open({ providers: [PushGateway] })];
    const inA = a.socket('/v1/push');
    const inB = b.socket('/v1/push');
    const alsoB = b.socket('/v1/ws');
    await inA.connected('u1', 'phone');
    await inB.connected('u1', 'phone');
    await alsoB.connected('u1', 'desk');

    await a.publish('u1', 'of A');
    expect(await inA.next('push')).toMatchObject({ seq: 1, data: 'of A' });
    await b.publish('u1', 'of B');
    expect([await inB.next('push'), await alsoB.next('push')]).toMatchObject([
      { seq: 1, data: 'of B' },
      { seq: 1, data: 'of B' },
    ]);
    await a.publish('u1', 'of A again');
    expect(await inA.next('push')).toMatchObject({ seq: 2, data: 'of A again' });

    expect(await b.push.presence(['u1'])).toMatchObject([{ online: true }]);
    await a.push.disconnect('u1');
    expect(await inA.closed).toMatchObject({ code: 3502 });
    expect(await b.push.inbox('u1')).toMatchObject({ head: 1, entries: [{ data: 'of B' }] });
    inB.send({ op: 'ping' });
    await inB.next('pong');
  });

  it('one of them may end: the other goes on', async () => {
    const [a, b] = [await open({ providers: [PushGateway] }), await open({ providers: [PushGateway] })];
    const phone = b.socket('/v1/push');
    await phone.connected('u1');
    await a.shutDown();
    await b.publish('u1');
    expect(await phone.next('push')).toMatchObject({ seq: 1 });
  });
});
