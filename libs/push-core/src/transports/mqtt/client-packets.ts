import type { MqttPacketLibrary, PacketParser } from './packet-library.js';

/** What a client sends, as far as it matters here. Fields of other kinds are absent. */
export interface ClientPacket {
  readonly cmd: string;
  readonly messageId?: number;
  readonly reasonCode?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
  // CONNECT
  readonly protocolVersion?: number;
  readonly bridgeMode?: boolean;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: Buffer;
  readonly will?: { readonly retain?: boolean };
  // SUBSCRIBE, UNSUBSCRIBE
  readonly subscriptions?: readonly { readonly topic: string; readonly qos: number }[];
  readonly unsubscriptions?: readonly string[];
  // PUBLISH
  readonly qos?: number;
  readonly retain?: boolean;
  readonly topic?: string;
}

export type Version = 4 | 5;

/**
 * Whole packets, one at a time, through `mqtt-packet`. One reader serves every connection of a version: between two
 * packets it remembers nothing.
 */
export class PacketReader {
  private parser: PacketParser;
  private packet?: ClientPacket;
  private failed = false;

  constructor(
    private readonly library: MqttPacketLibrary,
    private readonly version: Version,
  ) {
    this.parser = this.fresh();
  }

  /** Undefined when the bytes are not one packet of the protocol. */
  read(bytes: Buffer): ClientPacket | undefined {
    this.packet = undefined;
    this.failed = false;
    let left = 1;
    try {
      left = this.parser.parse(bytes);
    } catch {
      // The library reads beyond the end of some packets that are too short.
    }
    const { packet } = this;
    this.packet = undefined;
    if (left === 0 && packet && !this.failed) return isSound(packet) ? packet : undefined;
    this.parser = this.fresh();
    return undefined;
  }

  private fresh(): PacketParser {
    const parser = this.library.parser({ protocolVersion: this.version });
    parser.on('packet', (packet) => (this.packet = packet as ClientPacket));
    parser.on('error', () => (this.failed = true));
    return parser;
  }
}

const PACKET_ID_NEEDED = ['subscribe', 'unsubscribe', 'puback', 'pubrec', 'pubrel', 'pubcomp'];

/** What the standard demands of every packet and the library leaves to us. */
function isSound(packet: ClientPacket): boolean {
  const { messageId } = packet;
  const needsId = PACKET_ID_NEEDED.includes(packet.cmd) || (packet.cmd === 'publish' && (packet.qos ?? 0) > 0);
  if (needsId && !(messageId !== undefined && messageId > 0)) return false;
  if (packet.cmd === 'subscribe' && !packet.subscriptions?.length) return false;
  if (packet.cmd === 'unsubscribe' && !packet.unsubscriptions?.length) return false;
  return (
    isText(packet.clientId) &&
    isText(packet.username) &&
    isText(packet.topic) &&
    (packet.subscriptions ?? []).every(({ topic }) => isText(topic)) &&
    (packet.unsubscriptions ?? []).every(isText) &&
    hasSoundProperties(packet.properties)
  );
}

/** No NUL; and no U+FFFD, which is what the library makes of bytes that are not UTF-8. */
const isText = (text: string | undefined): boolean => text === undefined || !/[\0\ufffd]/.test(text);

function hasSoundProperties(properties: ClientPacket['properties']): boolean {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (typeof value === 'string' && !isText(value)) return false;
    if (value === null || value === -1) return false;
    if (name !== 'userProperties') {
      // Given twice, where once is allowed.
      if (Array.isArray(value) && name !== 'subscriptionIdentifier') return false;
      continue;
    }
    for (const [key, texts] of Object.entries(value as Record<string, unknown>)) {
      if (!isText(key) || ![texts].flat().every((text) => typeof text === 'string' && isText(text))) return false;
    }
  }
  return true;
}

/** The protocol level a CONNECT asks for, whatever else is in it; undefined where it is no CONNECT of MQTT. */
export function protocolLevel(packet: Buffer): number | undefined {
  const body = bodyOf(packet);
  if (packet[0] !== 0x10 || body.length < 7) return undefined;
  const name = body.subarray(2, 2 + body.readUInt16BE(0)).toString('latin1');
  return name === 'MQTT' || name === 'MQIsdp' ? body[2 + name.length] : undefined;
}

/** A password without a user name, which 3.1.1 forbids. */
export const hasPasswordOnly = (packet: Buffer): boolean => ((bodyOf(packet)[7] ?? 0) & 0xc0) === 0x40;

function bodyOf(packet: Buffer): Buffer {
  let at = 1;
  while ((packet[at] ?? 0) >= 0x80) at++;
  return packet.subarray(at + 1);
}
