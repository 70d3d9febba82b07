import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { CannotOpen, KeyRing } from './key-ring.js';
import { readRing, ringText } from './ring-text.js';

const key = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) });
const ring = new KeyRing([key('new', 2), key('old', 1)]);
const old = new KeyRing([key('old', 1)]);

const thrown = (work: () => unknown): CannotOpen => {
  try {
    work();
  } catch (error) {
    if (error instanceof CannotOpen) return error;
  }
  throw new Error('it opened');
};

describe('a key ring', () => {
  it('seals by its first key, and opens what any of them has sealed', () => {
    const sealed = ring.seal('{"key":"geheim ü 中"}', 't provider.apns');
    expect(sealed).toMatch(/^sealed:1:new:/);
    expect(sealed).not.toContain('geheim');
    expect(ring.open(sealed, 't provider.apns')).toBe('{"key":"geheim ü 中"}');
    expect(ring.open(old.seal('x', 'a'), 'a')).toBe('x');
    expect(ring.seal('x', 'a')).not.toBe(ring.seal('x', 'a'));
    expect([ring.isCurrent(sealed), ring.isCurrent(old.seal('x', 'a')), ring.isCurrent('plain')]).toEqual([
      ...[true, false, false],
    ]);
  });

  it('opens nothing that was moved, changed or sealed by a key it has not, and names that key', () => {
    const sealed = ring.seal('secret', 'a provider.fcm');
    expect(thrown(() => ring.open(sealed, 'b provider.fcm')).missingKey).toBeUndefined();
    expect(thrown(() => old.open(sealed, 'a provider.fcm')).missingKey).toBe('new');
    for (let at = 'sealed:1:new:'.length; at < sealed.length - 1; at += 5) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      thrown(() => ring.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'a provider.fcm'));
    }
    thrown(() => ring.open('sealed:1:new:AAAA', 'a'));
    thrown(() => new KeyRing([key('new', 9)]).open(sealed, 'a provider.fcm'));
  });

  it('leaves what is plain as it is, and without keys seals nothing', () => {
    expect(ring.open('{"plain":true}', 'a')).toBe('{"plain":true}');
    expect(KeyRing.none.seal('x', 'a')).toBe('x');
    expect(KeyRing.none.seals).toBe(false);
    expect(thrown(() => KeyRing.none.open(ring.seal('x', 'a'), 'a')).missingKey).toBe('new');
  });

  it('shows nothing of its keys', () => {
    const secret = Buffer.alloc(32, 2).toString('base64');
    for (const shown of [inspect(ring, { depth: 9 }), JSON.stringify(ring)]) expect(shown).not.toContain(secret);
    expect(JSON.stringify(ring)).not.toContain('2,2');
    expect(inspect({ ring }, { depth: 9 })).toContain('new, old');
  });
});

describe('a ring as text', () => {
  it('is read as it was written', () => {
    const keys = [key('k-1', 1), key('k_2.x', 250)];
    expect(readRing(ringText(keys))).toEqual({
      ok: true,
      keys: keys.map(({ id, key: bytes }) => ({ id, key: Buffer.from(bytes) })),
    });
    expect(readRing(`# a comment\n${ringText(keys.slice(0, 1))}\n`)).toMatchObject({ ok: true, keys: [{ id: 'k-1' }] });
  });

  it.each([
    ['', /names no key/],
    ['abc', /key 1 is not id:base64/],
    ['k 1:AAAA', /key 1 is not id:base64/],
    [`k1:${Buffer.alloc(31).toString('base64')}`, /key 1 \(k1\) has 31 bytes/],
    [ringText([key('k1', 1), key('k1', 2)]), /key 2 \(k1\) has the id of a key before it/],
  ])('is refused without being shown: %#', (text, reason) => {
    const read = readRing(text);
    expect(read).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    for (const part of text.split(/[:,]/).filter((one) => one.length > 6))
      expect(JSON.stringify(read)).not.toContain(part);
  });
});
