import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { createMemoryStore, createPush, type Push } from 'push-core';
import { attachMqtt, attachMqttWebSocket } from 'push-core/mqtt';
import { attachWebSocket } from 'push-core/websocket';
import { ChaosProxy } from '../support/chaos-proxy.js';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';

type MemoryStore = ReturnType<typeof createMemoryStore>;

const DEVICE = { tenant: 't', user: 'ann', device: 'd1' };
const MOSQUITTO = '/usr/bin/mosquitto_sub';

/** A node: an engine on a store that may outlive it, with all its doors. A token is its user's name. */
class Node {
  private constructor(
    readonly push: Push,
    readonly port: number,
    readonly httpPort: number,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(store: MemoryStore, port = 0): Promise<Node> {
    const push = createPush({
      store: createMemoryStore({ data: store.data }),
      limits: { cursorFlushMs: 20, drainSpreadMs: 20 },
      authenticator: {
        authenticate: async (user) => ({ kind: 'valid', identity: { tenant: 't', user, topics: ['news.*'] } }),
      },
    });
    await push.start();
    const server = createServer();
    const doors = [
      attachWebSocket(server, push, { closeTimeoutMs: 500 }),
      await attachMqttWebSocket(server, push, { closeTimeoutMs: 500 }),
    ];
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const tcp = await attachMqtt(push, { port, closeTimeoutMs: 500 });
    return new Node(push, tcp.port, (server.address() as AddressInfo).port, async () => {
      await push.close();
      for (const door of [tcp, ...doors]) await door.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  async publish(from: number, to: number, user = 'ann'): Promise<void> {
    for (let n = from; n <= to; n++) await this.push.publish('t', { to: { users: [user] }, type: 'test', data: n });
  }

  close(): Promise<void> {
    return this.end();
  }
}

interface Got {
  readonly seq: number;
  readonly packet: IPublishPacket;
}

/** MQTT.js, which acknowledges what it was given, as long as it is told to. */
class JsClient {
  readonly got: Got[] = [];
  readonly sessions: boolean[] = [];
  acknowledging = true;

  private constructor(readonly client: MqttClient) {}

  static async connect(port: number, more: IClientOptions = {}): Promise<JsClient> {
    const client = connect({
      host: '127.0.0.1',
      port,
      clientId: 'd1',
      username: 'ann',
      password: 'ann',
      reconnectPeriod: 20,
      ...more,
    });
    const self = new JsClient(client);
    client.on('connect', ({ sessionPresent }) => self.sessions.push(sessionPresent));
    client.on('error', () => undefined);
    client.handleMessage = (packet, done) => {
      if (packet.topic.toString() === 'me') {
        const { seq } = JSON.parse(packet.payload.toString()) as { seq: number };
        self.got.push({ seq, packet: { ...packet } });
      }
      // Without it the library reads no further.
      if (self.acknowledging) done();
    };
    await eventually(() => self.sessions.length > 0);
    return self;
  }

  /** As the rule has it: what is not greater than the last is dropped. */
  shown(): number[] {
    let last = 0;
    return this.got.map(({ seq }) => seq).filter((seq) => seq > last && (last = seq) > 0);
  }

  kill(): void {
    this.client.stream.destroy();
  }
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

let store: MemoryStore;
let node: Node;
const clients: MqttClient[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  store = createMemoryStore({ epoch: 'e1' });
  node = await Node.start(store);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await node.close();
});

/** The same data, looked at from beside the engine. */
async function view(): Promise<MemoryStore> {
  const beside = createMemoryStore({ data: store.data });
  await beside.open();
  return beside;
}

/** The device's cursor in the store. */
const acknowledged = (seq: number): Promise<void> =>
  eventually(async () => (await (await view()).cursors.load([DEVICE]))[0]?.get('@ann')?.seq === seq);

async function js(more: IClientOptions = {}, port = node.port): Promise<JsClient> {
  const made = await JsClient.connect(port, more);
  clients.push(made.client);
  return made;
}

describe.each([4, 5] as const)('MQTT.js, version %i', (protocolVersion) => {
  const lasting: IClientOptions = { protocolVersion, clean: false, properties: { sessionExpiryInterval: 300 } };

  it('gets everything in order and acknowledges it', async () => {
    const me = await js({ protocolVersion });
    await me.client.subscribeAsync('me', { qos: 1 });
    await node.publish(1, 300);
    await acknowledged(300);
    expect(me.got.map(({ seq }) => seq)).toEqual(numbers(1, 300));
  });

  it('killed again and again under load shows each message once and in order', async () => {
    const me = await js(lasting);
    await me.client.subscribeAsync('me', { qos: 1 });
    for (let batch = 0; batch < 10; batch++) {
      await node.publish(batch * 30 + 1, batch * 30 + 30);
      me.kill();
    }
    await eventually(() => me.shown().length === 300);
    expect(me.shown()).toEqual(numbers(1, 300));
    await acknowledged(300);
    // Each return found the session there.
    expect(me.sessions.slice(1).every((present) => present)).toBe(true);
  });

  it('gets what it owes again with DUP under the same packet ids when it returns', async () => {
    const me = await js(lasting);
    await me.client.subscribeAsync('me', { qos: 1 });
    me.acknowledging = false;
    await node.publish(1, 1);
    await eventually(() => me.got.length === 1);
    me.acknowledging = true;
    me.kill();
    await eventually(() => me.got.length === 2);
    const [first, again] = me.got.map(({ seq, packet }) => ({ seq, dup: packet.dup, id: packet.messageId }));
    expect(again).toEqual({ ...first, dup: true });
    expect(first?.dup).toBe(false);
    await acknowledged(1);
  });

  it('continues from its cursor on a node that knows nothing of its session, without DUP', async () => {
    const me = await js(lasting);
    await me.client.subscribeAsync('me', { qos: 1 });
    await node.publish(1, 5);
    await acknowledged(5);
    me.acknowledging = false;
    await node.publish(6, 6);
    await eventually(() => me.got.length === 6);
    me.acknowledging = true;
    const { port } = node;
    await node.close();
    node = await Node.start(store, port);
    await node.publish(7, 8);
    await eventually(() => me.shown().length === 8);
    expect(me.shown()).toEqual(numbers(1, 8));
    expect(me.sessions.at(-1)).toBe(false);
    expect(me.got.slice(6).map(({ seq, packet }) => [seq, packet.dup])).toEqual([
      [6, false],
      [7, false],
      [8, false],
    ]);
  });

  it('is the same over WebSocket', async () => {
    const me = await js({ ...lasting, protocol: 'ws', path: '/v1/mqtt' }, node.httpPort);
    await me.client.subscribeAsync('me', { qos: 1 });
    await node.publish(1, 50);
    me.kill();
    await node.publish(51, 100);
    await eventually(() => me.shown().length === 100);
    expect(me.shown()).toEqual(numbers(1, 100));
  });

  it('hands over to the WebSocket and back on one device, at the same cursor', async () => {
    const me = await js({ protocolVersion, reconnectPeriod: 0 });
    await me.client.subscribeAsync('me', { qos: 1 });
    await node.publish(1, 3);
    await acknowledged(3);
    me.acknowledging = false;
    await node.publish(4, 4);
    await eventually(() => me.got.length === 4);
    const url = `ws://127.0.0.1:${node.httpPort}/v1/ws`;
    const { client: socket, connected } = await RawClient.connect(url, { token: 'ann', device: 'd1' });
    expect(connected.streams['@me']).toMatchObject({ from: 3, recovery: 'complete' });
    await node.publish(5, 5);
    expect((await socket.pushes(2)).map(({ seq }) => seq)).toEqual([4, 5]);
    socket.ack(5);
    await acknowledged(5);
    socket.drop();
    await node.publish(6, 6);
    const back = await js({ protocolVersion });
    await back.client.subscribeAsync('me', { qos: 1 });
    await eventually(() => back.got.length === 1);
    expect(back.shown()).toEqual([6]);
    await acknowledged(6);
  });
});

/** The command line client of another project: what it prints is what it was given and has acknowledged. */
class MosquittoSub {
  private text = '';
  readonly ended: Promise<void>;

  constructor(version: 'mqttv311' | 'mqttv5', port: number, ...more: string[]) {
    if (!existsSync(MOSQUITTO)) throw new Error(`This test needs ${MOSQUITTO}: install the package mosquitto-clients`);
    const login = ['-V', version, '-h', '127.0.0.1', '-p', String(port), '-i', 'd1', '-u', 'ann', '-P', 'ann'];
    this.child = spawn(MOSQUITTO, [...login, '-q', '1', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(this.child);
    this.child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  private readonly child: ChildProcess;

  /** Whole lines only: the last one may have been cut off. */
  seqs(): number[] {
    const lines = this.text.slice(0, this.text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => (JSON.parse(line) as { seq: number }).seq);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

describe.each(['mqttv311', 'mqttv5'] as const)('mosquitto_sub, %s', (version) => {
  it('receives, acknowledges, is killed, and resumes with nothing lost or shown twice', async () => {
    const seen: number[] = [];
    // It acknowledges before it prints: what it had not printed yet must not have been acknowledged, so its line goes first.
    const proxy = await ChaosProxy.open(node.port);
    const online = () => eventually(() => node.push.status().connections === 1);
    for (let run = 0; run < 5; run++) {
      const sub = new MosquittoSub(version, proxy.port, '-t', 'me', '-c');
      await online();
      await node.publish(run * 40 + 1, run * 40 + 40);
      await eventually(() => sub.seqs().length >= 10);
      await proxy.kill();
      await sub.kill();
      await proxy.listen();
      for (const seq of sub.seqs()) if (seq > (seen.at(-1) ?? 0)) seen.push(seq);
      await eventually(() => node.push.status().connections === 0);
    }
    const last = new MosquittoSub(version, node.port, '-t', 'me', '-c');
    const shown = () => [...seen, ...last.seqs().filter((seq) => seq > (seen.at(-1) ?? 0))];
    await eventually(() => shown().at(-1) === 200);
    await proxy.kill();
    expect(shown()).toEqual(numbers(1, 200));
    await acknowledged(200);
  });

  it('follows a topic and leaves with its count', async () => {
    const sub = new MosquittoSub(version, node.port, '-t', 'me', '-t', 't/news.1', '-C', '3');
    await eventually(() => node.push.status().connections === 1);
    const both = { to: { users: ['ann'], topics: ['news.1'] }, type: 'test' };
    await eventually(async () => (await (await view()).topics.follows([DEVICE]))[0]?.length === 1);
    await node.push.publish('t', both);
    await node.publish(2, 2);
    await sub.ended;
    expect(sub.seqs().sort()).toEqual([1, 1, 2]);
  });
});
