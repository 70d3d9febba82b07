import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CLOSE } from './close-reasons.js';
import { ERRORS, PushError, isPushError, toPushError } from './errors.js';

const page = readFileSync(resolve(__dirname, '../../../docs/errors.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| `') || /^\| \d/.test(line));

test('docs/errors.md lists exactly the errors and close codes there are', () => {
  const expected = [
    ...Object.entries(ERRORS).map(
      ([code, e]) => `| \`${code}\` | ${e.status} | ${e.retryable ? 'yes' : 'no'} | ${e.title} |`,
    ),
    ...Object.values(CLOSE).map((c) => `| ${c.code} | ${c.reason} | ${c.reconnect ? 'yes' : 'no'} |`),
  ];
  // Formatting pads the columns; what counts is the cells.
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  expect(rows.map(cells)).toEqual(expected.map(cells));
});

test('close codes keep to their ranges, but for the replaced connection', () => {
  for (const reason of Object.values(CLOSE)) {
    if (reason !== CLOSE.replaced) expect(reason.reconnect).toBe(reason.code < 3500);
  }
});

test('an unknown error shows nothing of its text, which could hold secrets', () => {
  const error = toPushError(new Error('password=hunter2'));
  expect(error.code).toBe('INTERNAL');
  expect(error.message).not.toContain('hunter2');
});

test('a push error is recognised by its brand, not by its class', () => {
  expect(isPushError(new PushError('INVALID', 'x'))).toBe(true);
  expect(isPushError(Object.assign(new Error('x'), { code: 'INVALID' }))).toBe(false);
});
