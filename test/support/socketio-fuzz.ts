import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { dice } from './dice.js';
import { SocketIoWorld } from './socketio-world.js';

/** Few: what follows a packet that ends the connection is not looked at. */
const BATCH = 2;
/** Processor time of one packet. */
const LIMIT_MS = 100;
const AUTH = '{"token":"u1","device":"d1","resume":{"@me":{"epoch":"e1","seq":0}},"window":8,"follow":["news"]}';
const PACKETS = [
  `40/push,${AUTH}`,
  '40/push,{"token":"bad","device":"d1"}',
  '40',
  '40/other,{}',
  '41/push,',
  '42/push,["ack",{"s":"@me","seq":0}]',
  '42/push,7["ack",{"s":"@me","seq":1}]',
  '42/push,8["read",{"s":"@me","seq":1,"thread":"room"}]',
  '42/push,["read",{"s":"news","seq":1}]',
  '42/push,9["follow",{"s":"news"}]',
  '42/push,10["unfollow",{"s":"news"}]',
  '42/push,["host",1,null,"x",{"a":[]}]',
  '42["host"]',
  '43/push,1099511627776[]',
  '43/push,1099511627780[{"ok":true}]',
  '44/push,{"message":"x"}',
  '451-/push,["ack",{"_placeholder":true,"num":0}]',
  '461-/push,3[{"_placeholder":true,"num":0}]',
  '0{"sid":"x"}',
  '1',
  '2probe',
  '3',
  '5',
  '6',
];
const TOKENS = [
  ...['/push,', '/', ',', '-', '[', ']', '{', '}', '"', '\\', ':', '0', '1e999', '-1', '99999999999999999999', 'null'],
  ...[
    '"__proto__":{"s":1},',
    '"constructor":',
    '"@me"',
    '\u0000',
    '\ud800',
    '\u2028',
    '🙂',
    '4',
    '5',
    '9007199254740993',
  ],
  ...['['.repeat(5_000), '{"a":'.repeat(2_000), '1'.repeat(3_000), '"a",'.repeat(3_000), '/a'.repeat(4_000), '?a=b'],
];

export interface FuzzReport {
  packets: number;
  connections: number;
  /** Of connections that ended. */
  closeCodes: Record<number, number>;
  slowestMs: number;
}

/** Sends mutated packets to a live server, over one connection at a time; throws where one is neither answered nor closed. */
export async function fuzzSocketIo(seed: number, packets: number): Promise<FuzzReport> {
  const world = await SocketIoWorld.start({
    limits: { framesPerSecond: 1_000_000, userFramesPerSecond: 1_000_000, connectionsPerUser: 1000 },
  });
  const roll = dice(seed);
  const report: FuzzReport = { packets: 0, connections: 0, closeCodes: {}, slowestMs: 0 };
  let connection: RawConnection | undefined;
  const send = async (batch: readonly (string | Buffer)[]): Promise<number> => {
    if (!connection?.open) {
      connection = await RawConnection.open(world.url, roll() < 0.8);
      report.connections++;
    }
    const before = process.cpuUsage();
    for (const packet of batch) connection.socket.send(packet);
    const code = await connection.answeredOrClosed().catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(batch.map((one) => one.toString().slice(0, 300)))}`);
    });
    if (code !== undefined) report.closeCodes[code] = (report.closeCodes[code] ?? 0) + 1;
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  try {
    await world.publish('u1', 1);
    while (report.packets < packets) {
      const batch = Array.from({ length: Math.min(BATCH, packets - report.packets) }, () => packetOf(roll));
      report.packets += batch.length;
      // A batch that took long names no culprit: each is tried by itself.
      if ((await send(batch)) < LIMIT_MS) continue;
      for (const packet of batch) {
        // The least of a few: what the process does beside it is in the figure, too.
        let ms = Infinity;
        for (let tries = 0; tries < 5 && ms > LIMIT_MS; tries++) ms = Math.min(ms, await send([packet]));
        report.slowestMs = Math.max(report.slowestMs, ms);
        if (ms > LIMIT_MS) throw new Error(`${ms} ms for ${JSON.stringify(packet.toString().slice(0, 300))}`);
      }
    }
    // It still serves.
    const client = world.client({ token: 'u2', device: 'd1' });
    await client.until('connected');
    await world.publish('u2', 1);
    await client.until('push');
  } finally {
    connection?.socket.terminate();
    await world.close();
  }
  return report;
}

const NAMES = ['ack', 'read', 'follow', 'unfollow', 'ping', 'error', 'push', 'host', 'toString', '__proto__', '', 7];
const KEYS = ['s', 'seq', 'thread', 'id', 'op', 'resume', '__proto__', 'constructor', 'toJSON', 'length', ''];
const VALUES = [
  ...[
    '"@me"',
    '"@all"',
    '"news"',
    '"secret"',
    '"@u2"',
    '0',
    '1',
    '2',
    '-1',
    '1.5',
    '1e308',
    '9007199254740993',
    'null',
  ],
  ...[
    'true',
    '""',
    '{}',
    '[]',
    '"start"',
    '{"epoch":"e1","seq":0}',
    '"\\u0000"',
    '"\\ud800"',
    '"a b"',
    '{"__proto__":{}}',
  ],
  ...[`"${'x'.repeat(200)}"`, `${'['.repeat(3_000)}${']'.repeat(3_000)}`, `[${'0,'.repeat(5_000)}0]`],
];

/** Well-formed, so that it is looked at further in. */
function eventOf(roll: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
  if (roll() < 0.1)
    return `43/push,${roll() < 0.5 ? Math.floor(roll() * 50) : 2 ** 40 + Math.floor(roll() * 4)}[${pick(VALUES)}]`;
  const fields = Array.from({ length: Math.floor(roll() * 4) }, () => `${JSON.stringify(pick(KEYS))}:${pick(VALUES)}`);
  const given = roll() < 0.85 ? `{${fields.join(',')}}` : pick(VALUES);
  const id = roll() < 0.5 ? String(Math.floor(roll() * 100)) : '';
  return `42/push,${id}[${JSON.stringify(pick(NAMES))},${given}${roll() < 0.1 ? `,${pick(VALUES)}` : ''}]`;
}

function packetOf(roll: () => number): string | Buffer {
  if (roll() < 0.6) return eventOf(roll);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
  let text = pick(PACKETS);
  for (let n = Math.floor(roll() * 4); n > 0; n--) {
    const at = Math.floor(roll() * (text.length + 1));
    const to = at + Math.floor(roll() * 8);
    const kind = roll();
    if (kind < 0.3) text = text.slice(0, at) + pick(TOKENS) + text.slice(at);
    else if (kind < 0.5) text = text.slice(0, at) + text.slice(to);
    else if (kind < 0.65) text = text.slice(0, to) + text.slice(at);
    else if (kind < 0.8) text = text.slice(0, at) + String.fromCharCode(Math.floor(roll() * 128)) + text.slice(at + 1);
    else if (kind < 0.9) text = text.slice(0, at);
    else text += pick(PACKETS);
  }
  return roll() < 0.03 ? Buffer.from(text) : text;
}

class RawConnection {
  private admitted = false;
  private answered = -1;
  private code: number | undefined;
  private probes = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) => {
      const text = (data as Buffer).toString();
      if (text.startsWith('42/push,["connected"')) this.admitted = true;
      const probe = /^43\/push,88(\d+)\[/.exec(text)?.[1];
      if (probe !== undefined) this.answered = Number(probe);
    });
    socket.on('close', (code) => (this.code = code));
    socket.on('error', () => undefined);
  }

  static async open(url: string, admitted: boolean): Promise<RawConnection> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const connection = new RawConnection(socket);
    await once(socket, 'open');
    if (admitted) {
      socket.send(`40/push,${AUTH}`);
      await connection.wait(() => connection.admitted);
    }
    return connection;
  }

  get open(): boolean {
    return this.code === undefined && this.socket.readyState === WebSocket.OPEN;
  }

  /** Undefined when a question asked after everything else was answered, else the code it was closed with. */
  async answeredOrClosed(): Promise<number | undefined> {
    const probe = ++this.probes;
    this.socket.send(`42/push,88${probe}["ack",{"s":"@me","seq":0}]`);
    await this.wait(() => this.answered === probe);
    return this.code;
  }

  private async wait(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (!holds() && this.code === undefined) {
      if (performance.now() > deadline) throw new Error('neither answered nor closed');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
