import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { createPush } from '../../create-push.js';
import type { PushOptions } from '../../options.js';
import type { Push } from '../../push.js';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import { attachMqttWebSocket } from './attach-web-socket.js';
import { attachMqtt } from './attach.js';
import type { MqttOptions, MqttWebSocketOptions } from './options.js';
import { RawMqtt, type Asking } from './raw-mqtt.fixture.js';

interface Options {
  readonly engine?: Partial<PushOptions>;
  readonly mqtt?: Omit<MqttOptions, 'port'>;
}

/** An engine behind an MQTT door. A token is `user`, or `user:device`; topics of it are `open` and `news.*`. */
export class MqttSite {
  private readonly clients: RawMqtt[] = [];
  private readonly closing: (() => Promise<void>)[] = [];

  private constructor(
    readonly push: Push,
    readonly port: number,
    door: { close(): Promise<void> },
  ) {
    this.closing.push(() => door.close());
  }

  static async open({ engine = {}, mqtt = {} }: Options = {}): Promise<MqttSite> {
    const push = createPush({
      store: createMemoryStore({ epoch: 'e1' }),
      authenticator: {
        async authenticate(token) {
          const [user = '', device] = token.split(':');
          if (user === 'expired') return { kind: 'expired' };
          if (user === 'nobody' || token.length > 200) return { kind: 'invalid' };
          const topics = ['open', 'odd+#%/topic', 'news.*'];
          return { kind: 'valid', identity: { tenant: 't', user, device, topics } };
        },
      },
      ...engine,
    });
    await push.start();
    const door = await attachMqtt(push, { port: 0, closeTimeoutMs: 500, ...mqtt });
    return new MqttSite(push, door.port, door);
  }

  /** A second door to the engine. */
  async webSocket(options: MqttWebSocketOptions = {}): Promise<{ server: Server; url: string }> {
    const server = createServer();
    const door = await attachMqttWebSocket(server, this.push, { closeTimeoutMs: 500, ...options });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.closing.unshift(async () => {
      await door.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/mqtt` };
  }

  async raw(version: 4 | 5 = 4): Promise<RawMqtt> {
    const client = await RawMqtt.open(this.port, version);
    this.clients.push(client);
    return client;
  }

  /** A client that is in, with what it subscribed to. */
  async client(version: 4 | 5, asking: Asking, ...filters: string[]): Promise<RawMqtt> {
    const client = await this.raw(version);
    const { returnCode = 0, reasonCode = 0 } = await client.connect(asking);
    if (returnCode + reasonCode > 0) throw new Error(`refused with ${returnCode} ${reasonCode}`);
    if (filters.length > 0) await client.subscribe(...filters);
    return client;
  }

  /** To the users' own streams. */
  async publish(user: string, ...data: unknown[]): Promise<void> {
    for (const one of data) await this.push.publish('t', { to: { users: [user] }, type: 'test', data: one });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.drop();
    for (const close of this.closing) await close();
    await this.push.close();
  }
}
