import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../support/eventually.js';

export interface UpgradeOptions {
  path?: string;
  protocol?: string;
  headers?: Record<string, string>;
}

/** The request of an upgrade, as bytes. */
export function upgradeRequest({
  path = '/v1/ws',
  protocol = 'push.v1.json',
  headers = {},
}: UpgradeOptions = {}): string {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${protocol}\r\n${more.join('')}\r\n`
  );
}

export interface FrameHead {
  opcode?: number;
  /** The three reserved bits, 0–7. */
  reserved?: number;
  fin?: boolean;
  masked?: boolean;
  /** What the header says, where it lies. */
  length?: number;
}

/** A WebSocket frame as a client sends it, masked with zeros so that the bytes stay readable; every bit as asked for. */
export function clientFrame(payload: string | Buffer, head: FrameHead = {}): Buffer {
  const body = Buffer.from(payload);
  const { opcode = 1, reserved = 0, fin = true, masked = true, length = body.length } = head;
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let header: Buffer;
  if (length < 126) header = Buffer.from([first, mask | length]);
  else if (length < 65_536) {
    header = Buffer.from([first, mask | 126, 0, 0]);
    header.writeUInt16BE(length, 2);
  } else {
    header = Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, masked ? Buffer.alloc(4) : Buffer.alloc(0), body]);
}

export interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

/** A client of bytes: nothing is added, checked or answered. */
export class RawSocket {
  /** Everything that came. */
  received = Buffer.alloc(0);
  isEnded = false;

  private constructor(readonly tcp: Socket) {
    tcp.on('data', (chunk: Buffer) => (this.received = Buffer.concat([this.received, chunk])));
    tcp.on('error', () => undefined);
    tcp.on('close', () => (this.isEnded = true));
  }

  static async open(port: number): Promise<RawSocket> {
    const tcp = connect(port, '127.0.0.1');
    const socket = new RawSocket(tcp);
    await once(tcp, 'connect');
    return socket;
  }

  /** Opens and says all of this at once. */
  static async say(port: number, ...parts: (string | Buffer)[]): Promise<RawSocket> {
    const socket = await RawSocket.open(port);
    socket.tcp.write(Buffer.concat(parts.map((part) => Buffer.from(part))));
    return socket;
  }

  /** Of the first answer; undefined before it came. */
  get status(): number | undefined {
    const found = /^HTTP\/1\.1 (\d{3})/.exec(this.received.toString('latin1', 0, 20));
    return found ? Number(found[1]) : undefined;
  }

  /** What came after the answer to the upgrade. */
  get frames(): ServerFrame[] {
    const start = this.received.indexOf('\r\n\r\n') + 4;
    const frames: ServerFrame[] = [];
    for (let at = start; at >= 4 && at + 2 <= this.received.length;) {
      const opcode = this.received[at]! & 15;
      let length = this.received[at + 1]! & 127;
      at += 2;
      if (length === 126) {
        length = this.received.readUInt16BE(at);
        at += 2;
      } else if (length === 127) {
        length = Number(this.received.readBigUInt64BE(at));
        at += 8;
      }
      frames.push({ opcode, payload: this.received.subarray(at, at + length) });
      at += length;
    }
    return frames;
  }

  /** The JSON objects that came in text frames. */
  get objects(): Record<string, any>[] {
    return this.frames
      .filter(({ opcode }) => opcode === 1)
      .flatMap(({ payload }) => payload.toString().split('\n'))
      .map((line) => JSON.parse(line) as Record<string, any>);
  }

  /** Of the closing frame. */
  get closeCode(): number | undefined {
    const closing = this.frames.find(({ opcode }) => opcode === 8);
    return closing && closing.payload.length >= 2 ? closing.payload.readUInt16BE(0) : undefined;
  }

  until(holds: (socket: this) => boolean, patienceMs?: number): Promise<void> {
    return eventually(() => holds(this), patienceMs);
  }

  /** The server's closing frame, taken without a word in return. */
  async farewell(patienceMs?: number): Promise<number | undefined> {
    await this.until(({ closeCode, isEnded }) => closeCode !== undefined || isEnded, patienceMs);
    this.drop();
    return this.closeCode;
  }

  ended(patienceMs?: number): Promise<void> {
    return this.until(() => this.isEnded, patienceMs);
  }

  drop(): void {
    this.tcp.destroy();
  }
}
