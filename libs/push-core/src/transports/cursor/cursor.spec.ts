import { isPushError } from '../../errors.js';
import type { Position } from '../../wire.js';
import { CURSOR_LIMITS, decodeCursor, encodeCursor } from './cursor.js';

const at = (seq: number, epoch = 'e1'): Position => ({ epoch, seq });
const there = (positions: Record<string, Position>) => [
  ...decodeCursor(encodeCursor(Object.entries(positions)), 'after').positions,
];
const refusal = (text: unknown): unknown => {
  try {
    decodeCursor(text as string, 'after');
    return undefined;
  } catch (error) {
    return isPushError(error) ? [error.code, error.field] : error;
  }
};

it.each<[string, Record<string, Position>]>([
  ['nothing', {}],
  ['the own stream', { '@me': at(41) }],
  ['all kinds of streams', { '@me': at(41), '@all': at(0), news: at(7), 'room.7/ü': at(Number.MAX_SAFE_INTEGER) }],
  ['streams of two epochs', { '@me': at(1), news: at(2, 'other') }],
  ['an epoch with other characters', { '@me': at(1, 'a.b c%') }],
  ['names that look like fields', { m1: at(1), e1: at(2), '1': at(3), '-': at(4), '.': at(5), a: at(6) }],
  ['names a prototype has', { constructor: at(1), ['__proto__']: at(2), toString: at(3) }],
  ['the longest names', { ['x'.repeat(128)]: at(1), ['😀'.repeat(128)]: at(2) }],
])('comes back as it was: %s', (_, positions) => {
  expect(there(positions)).toEqual(Object.entries(positions));
});

it('travels in a URL and in a header as it is', () => {
  const cursor = encodeCursor(Object.entries({ '@me': at(41), 'a&b=c%+/ü': at(1), 'news.de': at(2, 'ep och') }));
  expect(cursor).toMatch(/^[\w.-]+$/);
  expect(new URLSearchParams({ after: cursor }).toString()).toBe(`after=${cursor}`);
});

it('remembers notices beside positions', () => {
  const cursor = encodeCursor([['@me', at(1)]], ['abcdef', '_-0123']);
  expect(decodeCursor(cursor, 'after')).toEqual({
    positions: new Map([['@me', at(1)]]),
    notices: new Set(['abcdef', '_-0123']),
  });
});

it('is small', () => {
  expect(encodeCursor([['@me', at(123_456, '0123456789ab')]]).length).toBeLessThan(24);
});

it('leaves out what does not fit, the last named first', () => {
  const many = Array.from({ length: 400 }, (_, i): [string, Position] => [`t${i}`, at(i)]);
  expect([...decodeCursor(encodeCursor(many), 'after').positions.keys()]).toEqual(
    many.slice(0, CURSOR_LIMITS.streams).map(([name]) => name),
  );
  const long = Array.from({ length: 40 }, (_, i): [string, Position] => [`${i}`.padEnd(128, 'x'), at(i)]);
  const cursor = encodeCursor(long);
  expect(cursor.length).toBeLessThanOrEqual(CURSOR_LIMITS.characters);
  expect(decodeCursor(cursor, 'after').positions.size).toBeGreaterThan(25);
});

it.each<[string, unknown]>([
  ['nothing', ''],
  ['no text', 7],
  ['another version', '2.ee1.m1'],
  ['garbage', 'not a cursor'],
  ['a number', '41'],
  ['no epoch', '1.m1'],
  ['an empty epoch', '1.e.m1'],
  ['an epoch of 65 characters', `1.e${'x'.repeat(65)}.m1`],
  ['an epoch wrapped without need', `1.f${Buffer.from('e1').toString('base64url')}.m1`],
  ['no seq', '1.ee1.m'],
  ['a seq with a sign', '1.ee1.m-1'],
  ['a seq with a zero in front', '1.ee1.m01'],
  ['a seq in capitals', '1.ee1.mA'],
  ['a seq beyond all numbers', '1.ee1.mzzzzzzzzzzz'],
  ['an unknown field', '1.ee1.x1'],
  ['an empty field', '1.ee1..m1'],
  ['a topic without a name', '1.ee1.t1'],
  ['a topic with an empty name', '1.ee1.t1.'],
  ['a name with other characters', '1.ee1.t1.a b'],
  ['a wrapped name that is a user stream', `1.ee1.b1.${Buffer.from('@u2').toString('base64url')}`],
  ['a wrapped name with white space', `1.ee1.b1.${Buffer.from('a b').toString('base64url')}`],
  ['a wrapped name that is no UTF-8', `1.ee1.b1.${Buffer.from([0xff, 0xfe]).toString('base64url')}`],
  ['a wrapped name with bits to spare', '1.ee1.b1.w7y-'.slice(0, -1) + 'x1'],
  ['a name of 129 characters', `1.ee1.t1.${'x'.repeat(129)}`],
  ['notices cut short', '1.ee1.m1.nabcde'],
  ['no notices in their field', '1.ee1.m1.n'],
  ['notices twice', '1.nabcdef.nabcdef'],
  ['more notices than it may have', `1.n${'abcdef'.repeat(65)}`],
  ['a stream twice', '1.ee1.m1.m2'],
  ['a stream in two epochs', '1.ee1.m1.ee2.m1'],
  ['more streams than it may have', `1.ee1${Array.from({ length: 257 }, (_, i) => `.t1.${i}`).join('')}`],
  ['more characters than it may have', `1.ee1${'.ee1'.repeat(2000)}`],
  ['a megabyte of dots', '.'.repeat(1 << 20)],
])('refuses %s, and names the field', (_, text) => {
  expect(refusal(text)).toEqual(['INVALID', 'after']);
});
