import * as fc from 'fast-check';
import { cutToLimit } from './cut.js';

const graphemes = (text: string): string[] => [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment);

describe('a text that is too long', () => {
  it('is cut between what a reader sees as characters, with an ellipsis', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(cutToLimit(family.repeat(5), { graphemes: 3, bytes: 1000 })).toBe(`${family}${family}…`);
    expect(cutToLimit('e\u0301'.repeat(4), { graphemes: 2, bytes: 1000 })).toBe('e\u0301…');
    expect(cutToLimit(family.repeat(5), { graphemes: 100, bytes: 60 })).toBe(`${family}${family}…`);
  });

  it('is not cut at its limit', () => {
    expect(cutToLimit('abcde', { graphemes: 5, bytes: 5 })).toBe('abcde');
    expect(cutToLimit('abcdef', { graphemes: 5, bytes: 100 })).toBe('abcd…');
    expect(cutToLimit('abcdef', { graphemes: 100, bytes: 5 })).toBe('ab…');
  });

  it('is an ellipsis where one character is longer than all there is room for', () => {
    expect(cutToLimit(`a${'\u200d👩'.repeat(5000)}`, { graphemes: 200, bytes: 1024 }).length).toBeLessThan(1024);
    expect(cutToLimit(`👩${'\u200d👩'.repeat(5000)}`, { graphemes: 200, bytes: 1024 })).toBe('…');
  });

  it('is never longer than the limits, and else what it was from its beginning', () => {
    const limit = fc.record({ graphemes: fc.integer({ min: 1, max: 30 }), bytes: fc.integer({ min: 4, max: 90 }) });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), limit, (text, most) => {
        const cut = cutToLimit(text, most);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(most.bytes);
        expect(graphemes(cut).length).toBeLessThanOrEqual(most.graphemes);
        if (cut === text) return;
        const fits = graphemes(text).length <= most.graphemes && Buffer.byteLength(text) <= most.bytes;
        expect(fits).toBe(false);
        const kept = graphemes(text.slice(0, cut.length - 1));
        expect(kept).toEqual(graphemes(text).slice(0, kept.length));
      }),
      { numRuns: 1000 },
    );
  });
});
