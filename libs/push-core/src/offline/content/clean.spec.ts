import * as fc from 'fast-check';
import { cleanText, cleanTitle } from './clean.js';

const OVERRIDE = '\u202E';
const ISOLATE = '\u2067';
const POP = '\u2069';

describe('a user’s text', () => {
  it('stays as it is where it is only text', () => {
    for (const text of ['Hi!', '你好，世界', 'مرحبا بك', '👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301', '<b>1 & 2</b> {name} #', 'a\nb'])
      expect(cleanText(text)).toBe(text);
  });

  it('loses control characters, and marks that turn what follows around', () => {
    expect(cleanText('a\u0000b\u0007c\u001b[31md\u009be\ufefff')).toBe('abc[31mdef');
    expect(cleanText(`photo${OVERRIDE}gnp.exe`)).toBe('photognp.exe');
    expect(cleanText('\u202aa\u202bb\u202cc\u202dd')).toBe('abcd');
  });

  it('closes the isolates it opens, in each line, and none it did not', () => {
    expect(cleanText(`${ISOLATE}a\nb`)).toBe(`${ISOLATE}a${POP}\nb`);
    expect(cleanText(`${POP}a${ISOLATE}b${POP}${POP}`)).toBe(`a${ISOLATE}b${POP}`);
  });

  it('keeps its lines in a body, and has one in a title', () => {
    expect(cleanText(' a\r\nb\u2028c\n\n\n\n\td ')).toBe('a\nb\nc\n\n d');
    expect(cleanTitle(' a\r\nb\u2028c\td\n')).toBe('a b c d');
  });

  it('has no half characters, and no tower of marks', () => {
    expect(cleanText('a\ud83db')).toBe('a\ufffdb');
    expect(cleanText(`a${'\u0301'.repeat(5000)}b`)).toBe(`a${'\u0301'.repeat(30)}b`);
  });

  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\u202e',
        '\u202a',
        '\u2066',
        '\u2067',
        '\u2068',
        '\u2069',
        '\n',
        '\u0000',
        '\ud800',
        '\u0301',
        'a',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 200,
  });

  it('is clean whatever it was, and stays as it is when it is cleaned again', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(/[^\P{Cc}\n]|\p{Cs}|[\u202a-\u202e\ufeff]/u);
        expect(depths(clean).every((depth) => depth >= 0)).toBe(true);
        expect(depths(clean).at(-1) ?? 0).toBe(0);
        expect(cleanText(clean)).toBe(clean);
        expect(cleanTitle(text)).not.toMatch(/[\n\p{Cc}]/u);
      }),
      { numRuns: 1000 },
    );
  });

  /** How many isolates are open after each mark. */
  function depths(text: string): number[] {
    let depth = 0;
    return [...text].filter((char) => char >= '\u2066' && char <= POP).map((char) => (depth += char === POP ? -1 : 1));
  }
});
