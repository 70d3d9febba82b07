import { describe, expect, it } from '@jest/globals';
import type { Hint } from 'push-core';
import { decodeBundle, encodeBundle, encodeHint } from './hint-codec.js';

const HEAD: Hint = { kind: 'head', tenant: 't', stream: 'news', head: 7 };
const bundleOf = (...all: readonly unknown[]): Buffer => Buffer.from(JSON.stringify(all));

describe('bundles of hints', () => {
  it('bring back what was put in', () => {
    const work: Hint = { kind: 'work', work: 'fan-out' };
    expect(decodeBundle(encodeBundle([HEAD, work].map(encodeHint)))).toEqual({ hints: [HEAD, work], ignored: 0 });
  });

  it('may hold what only another version understands', () => {
    const later = { kind: 'weather', tenant: 't' };
    expect(decodeBundle(bundleOf(later, { ...HEAD, colour: 'red' }, later))).toEqual({
      hints: [{ ...HEAD, colour: 'red' }],
      ignored: 2,
    });
  });

  it.each(['', 'null', '7', '"head"', '{}', '[', '{"kind":"head"}', '\u0000', `${'['.repeat(100_000)}`])(
    'are left alone when they are none: %.20p',
    (text) => expect(decodeBundle(Buffer.from(text))).toEqual({ hints: [], ignored: 1 }),
  );

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no kind', { tenant: 't' }],
    ['a kind that is no text', { kind: 7 }],
    ['a kind every object has', { kind: 'constructor' }],
    ['the prototype as its kind', { kind: '__proto__' }],
    ['a head without its stream', { kind: 'head', tenant: 't', head: 1 }],
    ['a head that is no number', { ...HEAD, head: '7' }],
    ['an entry with a broken place', { ...entry(), places: [{ stream: 's' }] }],
    ['an entry with a broken filter', { ...entry(), places: [{ stream: 's', seq: 1, filter: { only: [7] } }] }],
    ['an entry without its text', { ...entry(), tail: undefined }],
    ['a read mark that is none', { kind: 'read', mark: 'x', unread: 0 }],
    ['users that are no list', { kind: 'subscriptions', tenant: 't', users: 'u' }],
  ])('pass over %s', (_, value) => {
    expect(decodeBundle(bundleOf(value, HEAD))).toEqual({ hints: [HEAD], ignored: 1 });
  });
});

function entry(): Hint {
  return { kind: 'entry', tenant: 't', epoch: 'e', at: 1, expiresAt: 2, tail: ',"id":"m"}', places: [] };
}
