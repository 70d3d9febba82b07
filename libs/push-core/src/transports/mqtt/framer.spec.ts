import { describe, expect, it } from '@jest/globals';
import { Framer } from './framer.js';

const PACKETS = [
  Buffer.of(0xc0, 0),
  Buffer.of(0x40, 2, 0, 7),
  Buffer.concat([Buffer.of(0x82, 0xc8, 1), Buffer.alloc(200, 9)]),
];
const ALL = Buffer.concat(PACKETS);

function feeding(maxBytes = 1000) {
  const taken: Buffer[] = [];
  const framer = new Framer(maxBytes);
  return { taken, feed: (chunk: Buffer) => framer.feed(chunk, (packet) => taken.push(Buffer.from(packet)) > 0) };
}

describe('cutting bytes into packets', () => {
  it('takes several packets in one chunk', () => {
    const { taken, feed } = feeding();
    expect(feed(ALL)).toBe('fine');
    expect(taken).toEqual(PACKETS);
  });

  it('puts packets together wherever a chunk ends', () => {
    for (let cut = 0; cut <= ALL.length; cut++) {
      const { taken, feed } = feeding();
      feed(ALL.subarray(0, cut));
      feed(ALL.subarray(cut));
      expect({ cut, taken }).toEqual({ cut, taken: PACKETS });
    }
  });

  it('puts packets together from single bytes', () => {
    const { taken, feed } = feeding();
    for (const byte of ALL) expect(feed(Buffer.of(byte))).toBe('fine');
    expect(taken).toEqual(PACKETS);
  });

  it('refuses a packet that is too large when its header is there, not its body', () => {
    const { taken, feed } = feeding(203);
    expect(feed(ALL)).toBe('fine');
    expect(feed(Buffer.of(0x30, 0xc9, 1))).toBe('too large');
    expect(taken).toHaveLength(3);
    expect(feeding().feed(Buffer.of(0x30, 0xff, 0xff, 0xff, 0x7f))).toBe('too large');
  });

  it('refuses a length that does not end, also where it comes byte by byte', () => {
    const endless = [0x30, 0x80, 0x80, 0x80, 0x80];
    expect(feeding().feed(Buffer.from(endless))).toBe('malformed');
    const { feed } = feeding();
    const answers = endless.map((byte) => feed(Buffer.of(byte)));
    expect(answers).toEqual(['fine', 'fine', 'fine', 'fine', 'malformed']);
  });

  it('stops when no more is wanted', () => {
    const taken: Buffer[] = [];
    new Framer(1000).feed(ALL, (packet) => taken.push(packet) < 2);
    expect(taken).toHaveLength(2);
  });
});
