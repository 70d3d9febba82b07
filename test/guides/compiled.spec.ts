import { collect, guidePages, readPage } from './support/page.js';
import { typeCheck } from './support/type-check.js';
import { Workshop } from './support/workshop.js';

/** A page with code that is right, and code that is not. */
const SABOTAGED = collect(
  'sabotaged.md',
  [
    '# A page', // 1
    '<!-- with: declare const user: string; -->', // 2
    '', // 3
    '```ts', // 4
    "import type { PublishMessage } from 'nest-push';", // 5
    "export const good: PublishMessage = { to: { users: [user] }, type: 'x' };", // 6
    "export const wrong: PublishMessage = { to: { user: ['ann'] }, type: 'x' };", // 7
    '```', // 8
    '', // 9
    '<!-- with: declare const room:', // 10
    'Unknown; -->', // 11
    '- a list', // 12
    '', // 13
    '  ```typescript', // 14
    '  // src/one.ts', // 15
    '  export const one: number = 1;', // 16
    '  ```', // 17
    '```ts', // 18
    '// src/two.ts', // 19
    "import { one } from './one';", // 20
    'export const two: string = one;', // 21
    '```', // 22
    '```ts', // 23
    '// src/one.ts', // 24
    "export const one: string = 'two';", // 25
    '```', // 26
    '```js', // 27
    'this is not( typescript', // 28
    '```', // 29
    '```', // 30
    'nobody knows', // 31
    '```', // 32
    '```ts', // 33
    'const open =', // 34
  ].join('\n'),
);

const workshop = new Workshop();
afterAll(() => workshop.remove());

describe('the code of the guides', () => {
  const pages = guidePages().map(readPage);
  let said: readonly string[];

  beforeAll(() => {
    said = typeCheck([...pages, SABOTAGED].flatMap((page) => workshop.write(page)).flatMap(({ sources }) => sources));
  }, 120_000);

  it.each(pages.map(({ page }) => page))('%s compiles, every block of it', (page) => {
    const { faults } = pages.find((one) => one.page === page) as { faults: readonly string[] };
    expect([...faults, ...said.filter((text) => text.startsWith(`${page}:`))]).toEqual([]);
  });

  it('is there', () => {
    expect(pages.flatMap(({ blocks }) => blocks).length).toBeGreaterThan(30);
  });

  it('is reported by page and line where it is wrong', () => {
    expect(
      said.filter((text) => text.startsWith('sabotaged.md:')).map((text) => text.replace(/(: .{20}).*/, '$1')),
    ).toEqual([
      expect.stringMatching(/^sabotaged\.md:7: /),
      // In the edition in which `one` is a number; in the next it is a text.
      expect.stringMatching(/^sabotaged\.md:21: Type 'number' is not/),
    ]);
    expect(SABOTAGED.faults).toEqual([
      'sabotaged.md:10: no block of TypeScript follows this "with:"',
      'sabotaged.md:30: say which language this is',
      'sabotaged.md:33: this block has no end',
    ]);
  });
});
