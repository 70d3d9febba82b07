import { describe, expect, it } from '@jest/globals';
import { parser, type IPublishPacket } from 'mqtt-packet';
import { MQTT_CODECS, preferredId, idBase, type Part, type Run } from './codec.js';

const push = (seq: number, s = '@me', more = '') =>
  `{"op":"push","s":${JSON.stringify(s)},"seq":${seq},"id":"m${seq}"${more}}`;

function read(version: 4 | 5, bytes: Buffer): IPublishPacket[] {
  const packets: IPublishPacket[] = [];
  const reading = parser({ protocolVersion: version });
  reading.on('packet', (packet) => packets.push(packet as IPublishPacket));
  reading.on('error', (error) => {
    throw error as Error;
  });
  expect(reading.parse(bytes)).toBe(0);
  return packets;
}

const shape = (part: Part) =>
  part.kind === 'run'
    ? [part.stream, part.first, part.last]
    : part.kind === 'hole'
      ? ['hole', part.from, part.to]
      : part.kind;

describe.each([4, 5] as const)('frames as MQTT packets, version %i', (version) => {
  const encode = (text: string) => MQTT_CODECS[version].encode(text);

  it('are one PUBLISH a line, with the line as it is for its payload and the id its seq gives it', () => {
    const lines = [push(7, 'a "b"\\/+', ',"data":"\\"seq\\":9,ü😀"'), push(8, 'a "b"\\/+')];
    const [run, ...rest] = encode(lines.join('\n')) as [Run];
    expect(rest).toEqual([]);
    const packets = read(version, run.bytes);
    expect(packets.map(({ payload }) => payload.toString())).toEqual(lines);
    const base = idBase('a "b"\\/+');
    expect(packets.map(({ messageId }) => messageId)).toEqual([preferredId(base, 7), preferredId(base, 8)]);
    for (const { topic, qos, dup, retain } of packets) {
      expect({ topic, qos, dup, retain }).toEqual({ topic: 't/a "b"\\/%2B', qos: 1, dup: false, retain: false });
    }
    expect(run.idsAt.map((at) => run.bytes.readUInt16BE(at))).toEqual(packets.map(({ messageId }) => messageId));
    expect(run.starts.map((start) => run.bytes[start] ?? 'end')).toEqual([0x32, 0x32, 'end']);
  });

  it.each([100, 127, 128, 16_383, 16_384, 70_000])('have a length field that fits a payload of %i bytes', (size) => {
    const [run] = encode(push(1, '@me', `,"data":"${'x'.repeat(size)}"`)) as [Run];
    expect(read(version, run.bytes)).toHaveLength(1);
    expect(run.largest).toBe(run.bytes.length);
  });

  it('end a run where something else comes between, or another stream', () => {
    const skip = '{"op":"skip","s":"@me","from":3,"to":4,"reason":"expired"}';
    const text = [push(1), push(2), skip, push(5), push(6, 'news'), push(9, 'news')].join('\n');
    expect(encode(text).map(shape)).toEqual([
      ['@me', 1, 2],
      ['hole', 3, 4],
      'event',
      ['@me', 5, 5],
      ['news', 6, 6],
      ['news', 9, 9],
    ]);
  });

  it('are QoS 0 on the topic events where they have no place in a stream', () => {
    const gap = '{"op":"gap","s":"@me","from":1,"to":9,"reason":"retention"}';
    const parts = encode(gap);
    expect(parts.map(shape)).toEqual([['hole', 1, 9], 'event']);
    const [packet] = read(version, (parts[1] as { bytes: Buffer }).bytes);
    expect({ ...packet, payload: String(packet?.payload) }).toMatchObject({ topic: 'events', qos: 0, payload: gap });
  });

  it('use every packet id from 1 to 65535 and no other', () => {
    const ids = new Set(Array.from({ length: 65_535 }, (_, seq) => preferredId(idBase('news'), seq)));
    expect([ids.size, Math.min(...ids), Math.max(...ids)]).toEqual([65_535, 1, 65_535]);
  });
});
