import { generate, parser, type Packet } from 'mqtt-packet';
import { createMemoryStore, createPush, type Push } from 'push-core';
import type { ByteListener, ByteSocket } from '../../libs/push-core/src/transports/mqtt/byte-socket.js';
import { Site } from '../../libs/push-core/src/transports/mqtt/site.js';

const SLOW_MS = 100;

export type Phase = 'before CONNECT' | 'after CONNECT';

/** A socket without a network: what is written is kept, what arrives is given in. */
class FakeSocket implements ByteSocket {
  readonly written: Buffer[] = [];
  isEnded = false;
  private listener?: ByteListener;

  listen(listener: ByteListener): void {
    this.listener = listener;
  }
  write(pieces: readonly Buffer[]): void {
    this.written.push(...pieces);
  }
  bufferedBytes(): number {
    return 0;
  }
  end(): void {
    this.isEnded = true;
  }
  destroy(): void {
    this.isEnded = true;
  }
  arrives(bytes: Buffer): void {
    this.listener?.arrived(bytes);
  }
  /** The other side has gone. */
  gone(): void {
    this.listener?.closed();
  }
}

const CONNECT = {
  cmd: 'connect',
  protocolId: 'MQTT',
  clean: true,
  keepalive: 60,
  clientId: 'd1',
  username: 'ann',
  password: Buffer.from('ann'),
};
const will = { topic: 'w', payload: Buffer.from('x'), qos: 1 };

/** Packets as clients really send them: what mutations start from. */
export function goodPackets(version: 4 | 5, phase: Phase): Buffer[] {
  const connect = { ...CONNECT, protocolVersion: version };
  const properties = {
    sessionExpiryInterval: 60,
    receiveMaximum: 20,
    userProperties: { a: ['1', '2'], __proto__: 'x' },
  };
  const packets: object[] =
    phase === 'before CONNECT'
      ? [
          connect,
          { ...connect, clean: false },
          { ...connect, will },
          ...(version === 5 ? [{ ...connect, properties }] : []),
        ]
      : [
          {
            cmd: 'subscribe',
            messageId: 1,
            subscriptions: ['me', 'events', 't/open', '#', '$SYS'].map((topic) => ({ topic, qos: 1 })),
          },
          { cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['me', 't/open'] },
          { cmd: 'puback', messageId: 52_672, reasonCode: 0x10 },
          {
            cmd: 'puback',
            messageId: 52_672,
            reasonCode: 0x10,
            properties: { reasonString: 'why', userProperties: { a: 'b' } },
          },
          { cmd: 'publish', topic: 't/open', messageId: 3, qos: 1, payload: 'hi' },
          { cmd: 'publish', topic: 't/open', qos: 0, payload: 'x'.repeat(300) },
          { cmd: 'pubrec', messageId: 4 },
          { cmd: 'pubrel', messageId: 4 },
          { cmd: 'pubcomp', messageId: 4 },
          { cmd: 'pingreq' },
          { cmd: 'disconnect' },
          { cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 },
          { cmd: 'suback', messageId: 1, granted: [1] },
          connect,
          ...(version === 5 ? [{ cmd: 'auth', reasonCode: 0 }] : []),
        ];
  return packets.map((packet) => generate(packet as Packet, { protocolVersion: version }));
}

/** Bytes with some of them cut, doubled, flipped, swapped or replaced. */
export function mutate(good: readonly Buffer[], random: () => number): Buffer {
  const int = (below: number): number => Math.floor(random() * below);
  const pick = (): Buffer => good[int(good.length)] as Buffer;
  let bytes = Buffer.from(pick());
  for (let times = int(4); times >= 0; times--) {
    const [from, to] = [int(bytes.length + 1), int(bytes.length + 1)].sort((a, b) => a - b) as [number, number];
    switch (int(8)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, from), pick().subarray(int(6)), bytes.subarray(to)]);
        break;
      case 3:
      case 4:
        if (from < bytes.length) bytes[from] = (bytes[from] as number) ^ (1 << int(8));
        break;
      case 5:
        if (from < bytes.length) bytes[from] = [0, 1, 0x7f, 0x80, 0xff, int(256)][int(6)] as number;
        break;
      case 6:
        bytes = Buffer.concat([bytes, ...Array.from({ length: int(int(20) === 0 ? 200 : 4) }, pick)]);
        break;
      default:
        // The length again fits what there is, so that more than the header is looked at.
        if (bytes.length > 2 && bytes.length < 128) bytes[1] = bytes.length - 2;
    }
  }
  return bytes;
}

export interface Judgement {
  /** Of the mutated packets. */
  readonly judged: number;
  readonly ended: number;
  /** What must not be, with the bytes that did it. */
  readonly faults: readonly string[];
}

/** Feeds mutated packets to connections in one state of the parser, and says what became of them. */
export async function judge(version: 4 | 5, phase: Phase, packets: Iterable<Buffer>): Promise<Judgement> {
  const push = await engine();
  const site = await Site.open(push, { unconnected: 1_000_000, packetsPerSecond: 1_000_000 });
  const faults: string[] = [];
  const suspects: Buffer[] = [];
  let [judged, ended] = [0, 0];
  const onRejection = (reason: unknown): void => void faults.push(`unhandled rejection: ${String(reason)}`);
  process.on('unhandledRejection', onRejection);
  let socket: FakeSocket | undefined;
  let fed: Buffer[] = [];
  for (const bytes of packets) {
    if (!socket) {
      socket = await open(site, version, phase);
      fed = [];
    }
    fed.push(bytes);
    const answered = socket.written.length;
    const begun = performance.now();
    try {
      socket.arrives(bytes);
    } catch (error) {
      faults.push(`threw ${String(error)}: ${bytes.toString('hex')}`);
    }
    if (performance.now() - begun > SLOW_MS) suspects.push(bytes);
    judged++;
    if (judged % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (phase === 'after CONNECT' && !socket.isEnded) continue;
    if (socket.isEnded) {
      ended++;
      const wrong = farewell(socket.written.slice(answered), version, phase, fed);
      if (wrong !== undefined) faults.push(`${wrong}: ${fed.map((one) => one.toString('hex')).join(' ')}`);
    }
    socket.gone();
    socket = undefined;
  }
  socket?.gone();
  for (const bytes of suspects) {
    const ms = await leastMs(bytes, () => open(site, version, phase));
    if (ms > SLOW_MS) faults.push(`took ${ms} ms: ${bytes.toString('hex')}`);
  }
  await push.close();
  await site.close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onRejection);
  return { judged, ended, faults };
}

/** The machine may have had something else to do: the least of some tries is what the packet costs. */
async function leastMs(bytes: Buffer, opened: () => Promise<FakeSocket>): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < 5; tries++) {
    const socket = await opened();
    const begun = performance.now();
    socket.arrives(bytes);
    least = Math.min(least, performance.now() - begun);
    socket.gone();
  }
  return least;
}

async function engine(): Promise<Push> {
  const push = createPush({
    store: createMemoryStore({ epoch: 'e1' }),
    limits: { framesPerSecond: 1_000_000, userFramesPerSecond: 1_000_000, connectionsPerUser: 1_000_000 },
    authenticator: {
      authenticate: async (token) =>
        token === 'ann'
          ? { kind: 'valid', identity: { tenant: 't', user: 'ann', topics: ['open'] } }
          : { kind: 'invalid' },
    },
  });
  await push.start();
  for (let n = 0; n < 20; n++) await push.publish('t', { to: { users: ['ann'] }, type: 'test', data: n });
  return push;
}

async function open(site: Site, version: 4 | 5, phase: Phase): Promise<FakeSocket> {
  const socket = new FakeSocket();
  site.welcome(socket);
  if (phase === 'before CONNECT') return socket;
  socket.arrives(generate({ ...CONNECT, protocolVersion: version } as Packet, { protocolVersion: version }));
  while (socket.written.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  socket.arrives(
    generate(
      { cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'me', qos: 1 }] },
      { protocolVersion: version },
    ),
  );
  return socket;
}

/** MQTT 5 says why it ends, as soon as it is known that the client speaks it; unless the client said goodbye first. */
function farewell(
  answers: readonly Buffer[],
  version: 4 | 5,
  phase: Phase,
  fed: readonly Buffer[],
): string | undefined {
  if (version === 4 || phase === 'before CONNECT' || fed.some((bytes) => bytes.includes(0xe0))) return undefined;
  const said: { cmd: string; reasonCode?: number }[] = [];
  const reading = parser({ protocolVersion: 5 });
  reading.on('packet', (packet) => said.push(packet));
  reading.on('error', () => undefined);
  for (const answer of answers) reading.parse(answer);
  const { cmd, reasonCode = 0 } = said.at(-1) ?? { cmd: 'nothing' };
  return cmd === 'disconnect' && reasonCode >= 0x80 ? undefined : `ended with ${cmd} ${reasonCode}`;
}
