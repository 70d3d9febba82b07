import { likeness, matches } from './matches.js';

it.each([
  [{ a: 1, b: 2 }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1, b: 2 }, { b: undefined }, false],
  [{ a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 1 } } }, true],
  [{ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, false],
  [{ a: [1, { b: 2, c: 3 }] }, { a: [1, { b: 2 }] }, true],
  [{ a: [1, 2] }, { a: [1] }, false],
  [{ a: { 0: 1 } }, { a: [1] }, false],
  [{ a: 'Hi Ann' }, { a: /ann$/i }, true],
  [{ a: 7 }, { a: /7/ }, false],
  [{ a: null }, { a: null }, true],
  [{ a: null }, { a: {} }, false],
  [{ a: 7 }, { a: expect.any(Number) }, true],
  [{ a: '7' }, { a: expect.any(Number) }, false],
  [{ a: [1, 2] }, { a: expect.arrayContaining([2]) }, true],
  [{ a: '1' }, { a: 1 }, false],
])('%j has %j: %s', (actual, pattern, answer) => {
  expect(matches(actual, pattern)).toBe(answer);
});

it('a global regular expression answers the same every time', () => {
  const pattern = { a: /x/g };
  expect([matches({ a: 'x' }, pattern), matches({ a: 'x' }, pattern)]).toEqual([true, true]);
});

it('says what is more like a pattern', () => {
  const wanted = { type: 'chat.message', data: { text: 'Hi', from: 'ann' } };
  const alike = [
    wanted,
    { type: 'chat.message', data: { text: 'Ho', from: 'ann' } },
    { type: 'chat.message' },
    { type: 'x' },
  ].map((one) => likeness(one, wanted));
  expect(alike).toEqual([1, 0.75, 0.5, 0]);
});
