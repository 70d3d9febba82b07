import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../clock/system-clock.js';
import { generate, parser, type IConnectPacket, type Packet } from 'mqtt-packet';

const PATIENCE_MS = 10_000;

/** A packet of any kind, with what tests look at. */
export interface AnyPacket {
  readonly cmd: string;
  readonly messageId?: number;
  readonly topic?: string;
  readonly qos?: number;
  readonly dup?: boolean;
  readonly retain?: boolean;
  readonly payload?: Buffer | string;
  readonly sessionPresent?: boolean;
  readonly returnCode?: number;
  readonly reasonCode?: number;
  readonly granted?: readonly number[];
  readonly properties?: {
    readonly reasonString?: string;
    readonly assignedClientIdentifier?: string;
    readonly serverKeepAlive?: number;
    readonly sessionExpiryInterval?: number;
    readonly userProperties?: Readonly<Record<string, string>>;
  };
}

/** What CONNECT is to say beside the token. */
export type Asking = Partial<IConnectPacket> & { readonly token: string };

/** Speaks MQTT packet by packet, with none of a client library's care: a test says everything itself. */
export class RawMqtt {
  readonly packets: AnyPacket[] = [];
  isEnded = false;
  readonly ended: Promise<void>;
  private readonly looks = new Set<() => void>();

  constructor(
    readonly socket: Duplex,
    readonly protocolVersion: 4 | 5,
  ) {
    const reading = parser({ protocolVersion });
    reading.on('packet', (packet) => this.packets.push(packet as unknown as AnyPacket));
    reading.on('error', (error: Error) => socket.destroy(error));
    socket.on('data', (chunk: Buffer) => {
      reading.parse(chunk);
      this.look();
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.isEnded = true;
        resolve();
        this.look();
      });
    });
  }

  static async open(port: number, protocolVersion: 4 | 5 = 4): Promise<RawMqtt> {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new RawMqtt(socket, protocolVersion);
  }

  /** CONNECT, and what came of it. */
  async connect(more: Asking): Promise<AnyPacket> {
    this.send(this.connectPacket(more));
    return this.until(({ cmd }) => cmd === 'connack');
  }

  connectPacket({ token, ...more }: Asking): IConnectPacket {
    return {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: this.protocolVersion,
      clean: true,
      keepalive: 0,
      clientId: 'd1',
      // Present, or the generator leaves the password out.
      username: '',
      password: Buffer.from(token),
      ...more,
    };
  }

  async subscribe(...filters: string[]): Promise<AnyPacket> {
    const messageId = 1 + this.packets.length;
    this.send({ cmd: 'subscribe', messageId, subscriptions: filters.map((topic) => ({ topic, qos: 1 })) });
    return this.until((packet) => packet.cmd === 'suback' && packet.messageId === messageId);
  }

  async unsubscribe(...unsubscriptions: string[]): Promise<AnyPacket> {
    const messageId = 1 + this.packets.length;
    this.send({ cmd: 'unsubscribe', messageId, unsubscriptions });
    return this.until((packet) => packet.cmd === 'unsuback' && packet.messageId === messageId);
  }

  puback(...packets: readonly Pick<AnyPacket, 'messageId'>[]): void {
    for (const { messageId } of packets) this.send({ cmd: 'puback', messageId, reasonCode: 0 });
  }

  send(...packets: object[]): void {
    for (const packet of packets) this.sendBytes(this.bytes(packet));
  }

  bytes(packet: object): Buffer {
    return generate(packet as Packet, { protocolVersion: this.protocolVersion });
  }

  sendBytes(bytes: Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** PUBLISH packets, or those of a topic. */
  published(topic?: string): AnyPacket[] {
    return this.packets.filter((one) => one.cmd === 'publish' && (topic === undefined || one.topic === topic));
  }

  async has(count: number, topic?: string): Promise<AnyPacket[]> {
    await this.wait(() => this.published(topic).length >= count, `${count} of ${topic ?? 'all topics'}`);
    return this.published(topic);
  }

  /** Everything sent before has been worked off by the server when this resolves. */
  async settled(): Promise<void> {
    const pongs = () => this.packets.filter(({ cmd }) => cmd === 'pingresp').length;
    const before = pongs();
    this.send({ cmd: 'pingreq' });
    await this.wait(() => pongs() > before, 'PINGRESP');
  }

  async until(fits: (packet: AnyPacket) => boolean): Promise<AnyPacket> {
    await this.wait(() => this.packets.some(fits), fits.toString());
    return this.packets.find(fits) as AnyPacket;
  }

  drop(): void {
    this.socket.destroy();
  }

  private wait(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        late.cancel();
        this.looks.delete(look);
        settle();
      };
      const fail = (why: string) => {
        const last = this.packets.slice(-5).map(({ cmd, messageId, reasonCode }) => ({ cmd, messageId, reasonCode }));
        done(() => reject(new Error(`${why} while waiting for ${what}; last packets: ${JSON.stringify(last)}`)));
      };
      const late = systemClock.after(PATIENCE_MS, () => fail('nothing fitting came'));
      const look = () => {
        if (holds()) done(resolve);
        else if (this.isEnded) fail('the connection ended');
      };
      this.looks.add(look);
      look();
    });
  }

  private look(): void {
    for (const look of [...this.looks]) look();
  }
}

export const entry = (packet: AnyPacket): { op: string; s: string; seq: number; data: unknown; id: string } =>
  JSON.parse(String(packet.payload)) as { op: string; s: string; seq: number; data: unknown; id: string };

export const seqs = (packets: readonly AnyPacket[]): number[] => packets.map((packet) => entry(packet).seq);
