import type { Codec } from '../shared-frame.js';
import type { ServerFrame, StreamName } from '../../wire.js';
import type { Version } from './client-packets.js';
import { EVENTS_TOPIC, mqttTopic } from './topic-names.js';

/** Packet ids go from 1 to 65535. */
export const PACKET_IDS = 65_535;
const PUBLISH_QOS0 = 0x30;
const PUBLISH_QOS1 = 0x32;
const PUSH = '{"op":"push","s":';
const SEQ = ',"seq":';

/**
 * Entries of one stream that follow each other, as PUBLISH packets behind each other. They carry the packet ids that
 * their `seq` gives them (`preferredId`), so that the same bytes do for every client as long as none of its other streams is in the way.
 */
export interface Run {
  readonly kind: 'run';
  readonly stream: StreamName;
  readonly first: number;
  readonly last: number;
  readonly bytes: Buffer;
  /** Where the packet of each entry begins, and the end. */
  readonly starts: readonly number[];
  /** Where the packet id of each entry is. */
  readonly idsAt: readonly number[];
  /** The largest packet, bytes. */
  readonly largest: number;
}

/** Nothing is sent for these entries. */
export interface Hole {
  readonly kind: 'hole';
  readonly stream: StreamName;
  readonly from: number;
  readonly to: number;
}

/** Any other frame of the protocol. */
export interface Notice {
  readonly kind: 'notice';
  readonly frame: ServerFrame;
}

/** The frame as a PUBLISH with QoS 0, for those who listen to events. */
export interface Event {
  readonly kind: 'event';
  readonly bytes: Buffer;
  /** For those only who listen at this moment. */
  readonly isVolatile: boolean;
}

export type Part = Run | Hole | Notice | Event;

/** One for each version of the standard: between them a PUBLISH differs by one byte. */
export const MQTT_CODECS: Readonly<Record<Version, Codec<readonly Part[]>>> = Object.freeze({
  4: { encode: (text: string) => encode(text, 4) },
  5: { encode: (text: string) => encode(text, 5) },
});

/** Spread by the stream's name, so that two streams of a device seldom want the same ids. */
export function preferredId(base: number, seq: number): number {
  return 1 + ((base + seq) % PACKET_IDS);
}

/** FNV-1a. */
export function idBase(stream: StreamName): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < stream.length; i++) hash = Math.imul(hash ^ stream.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % PACKET_IDS;
}

export function eventPacket(text: string, version: Version): Buffer {
  return publishPacket(PUBLISH_QOS0, Buffer.from(EVENTS_TOPIC), undefined, Buffer.from(text), version);
}

function encode(text: string, version: Version): readonly Part[] {
  const parts: Part[] = [];
  let run: RunWriter | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith(PUSH)) {
      const seq = run?.follows(line);
      if (seq !== undefined) run?.add(seq, line);
      else {
        if (run) parts.push(run.done());
        run = new RunWriter(line, version);
      }
      continue;
    }
    if (run) parts.push(run.done());
    run = undefined;
    parts.push(...otherParts(line, version));
  }
  if (run) parts.push(run.done());
  return parts;
}

function otherParts(line: string, version: Version): Part[] {
  const frame = JSON.parse(line) as ServerFrame;
  const event = (isVolatile: boolean): Event => ({ kind: 'event', bytes: eventPacket(line, version), isVolatile });
  switch (frame.op) {
    case 'skip':
    case 'gap':
      return [{ kind: 'hole', stream: frame.s, from: frame.from, to: frame.to }, event(frame.op === 'skip')];
    case 'followed':
    case 'unfollowed':
      return [{ kind: 'notice', frame }, event(false)];
    case 'read':
    case 'recall':
      return [event(false)];
    case 'signal':
      return [event(true)];
    default:
      return [{ kind: 'notice', frame }];
  }
}

class RunWriter {
  private readonly prefix: string;
  private readonly stream: StreamName;
  private readonly topic: Buffer;
  private readonly base: number;
  private readonly first: number;
  private last: number;
  private readonly packets: Buffer[] = [];
  private readonly starts: number[] = [0];
  private readonly idsAt: number[] = [];
  private largest = 0;

  constructor(
    line: string,
    private readonly version: Version,
  ) {
    const name = line.slice(PUSH.length, endOfString(line, PUSH.length));
    this.prefix = PUSH + name + SEQ;
    this.stream = JSON.parse(name) as string;
    this.topic = Buffer.from(mqttTopic(this.stream));
    this.base = idBase(this.stream);
    this.first = this.last = parseInt(line.slice(this.prefix.length), 10);
    this.add(this.first, line);
  }

  /** The line's `seq`, where it goes on with this run. */
  follows(line: string): number | undefined {
    if (!line.startsWith(this.prefix)) return undefined;
    const seq = parseInt(line.slice(this.prefix.length, this.prefix.length + 20), 10);
    return seq === this.last + 1 ? seq : undefined;
  }

  add(seq: number, line: string): void {
    const payload = Buffer.from(line);
    const packet = publishPacket(PUBLISH_QOS1, this.topic, preferredId(this.base, seq), payload, this.version);
    const start = this.starts.at(-1) as number;
    this.packets.push(packet);
    this.starts.push(start + packet.length);
    this.idsAt.push(start + packet.length - payload.length - (this.version === 5 ? 3 : 2));
    if (packet.length > this.largest) this.largest = packet.length;
    this.last = seq;
  }

  done(): Run {
    const { stream, first, last, packets, starts, idsAt, largest } = this;
    const bytes = packets.length === 1 ? (packets[0] as Buffer) : Buffer.concat(packets);
    return { kind: 'run', stream, first, last, bytes, starts, idsAt, largest };
  }
}

/** The end of the JSON string that begins at `start`. */
function endOfString(line: string, start: number): number {
  let at = start + 1;
  while (line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
  return at + 1;
}

function publishPacket(
  header: number,
  topic: Buffer,
  id: number | undefined,
  payload: Buffer,
  version: Version,
): Buffer {
  const remaining = 2 + topic.length + (id === undefined ? 0 : 2) + (version === 5 ? 1 : 0) + payload.length;
  const lengthBytes = remaining < 128 ? 1 : remaining < 16_384 ? 2 : remaining < 2_097_152 ? 3 : 4;
  const packet = Buffer.allocUnsafe(1 + lengthBytes + remaining);
  packet[0] = header;
  let at = 1;
  for (let left = remaining, i = 0; i < lengthBytes; i++, left >>>= 7) {
    packet[at++] = (left & 0x7f) | (i < lengthBytes - 1 ? 0x80 : 0);
  }
  at = packet.writeUInt16BE(topic.length, at);
  at += topic.copy(packet, at);
  if (id !== undefined) at = packet.writeUInt16BE(id, at);
  // No properties.
  if (version === 5) packet[at++] = 0;
  payload.copy(packet, at);
  return packet;
}
