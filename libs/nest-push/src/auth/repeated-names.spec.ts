import { hasRepeatedNames } from './repeated-names.js';

it.each([
  '{"a":1,"a":2}',
  '{"a":1,"b":{"c":[1,2]},"a":2}',
  '{"a":1,"\\u0061":2}',
  '{ "a" : {} ,\n "a" : [] }',
  '{"a\\"":1,"a\\"":2}',
  '{"__proto__":1,"__proto__":2}',
])('sees it in %s', (json) => {
  expect(hasRepeatedNames(json)).toBe(true);
});

it.each([
  '{}',
  '{"a":"a","b":"a"}',
  '{"a":["a","a"],"b":{"a":1}}',
  '{"a":{"b":1},"b":{"b":1}}',
  '{"a":"},\\"a\\":{","b":"\\\\"}',
  '[{"a":1},{"a":1}]',
  '"a"',
])('does not see it in %s', (json) => {
  expect(hasRepeatedNames(json)).toBe(false);
});
