import { cutText } from './cut-text.js';

const FAMILY = '👨‍👩‍👧‍👦';
const FLAG = '🇨🇳';

describe('cutText', () => {
  it('leaves alone what fits', () => {
    expect(cutText('你好', 2, 'chars')).toBe('你好');
    expect(cutText('你好', 6, 'bytes')).toBe('你好');
    expect(cutText('', 0, 'chars')).toBe('');
  });

  it('says that something was cut, within the limit', () => {
    expect(cutText('abcdef', 5, 'chars')).toBe('abcd…');
    expect(cutText('你好世界', 9, 'bytes')).toBe('你好…');
    expect(cutText('ab cdef', 4, 'chars')).toBe('ab…');
  });

  it('counts two cells for what is not ASCII', () => {
    expect(cutText('ab你好', 6, 'cells')).toBe('ab你好');
    expect(cutText('ab你好', 5, 'cells')).toBe('ab…');
    expect(cutText('你好世界', 7, 'cells')).toBe('你好…');
  });

  it('never cuts inside a grapheme', () => {
    expect(cutText(`a${FAMILY}b`, 8, 'chars')).toBe('a…');
    expect(cutText(`a${FAMILY}bcd`, 13, 'chars')).toBe(`a${FAMILY}…`);
    expect(cutText(`${FLAG}${FLAG}`, 7, 'chars')).toBe(`${FLAG}…`);
    expect(cutText('éé'.normalize('NFD'), 3, 'chars')).toBe(`${'é'.normalize('NFD')}…`);
  });

  it('holds for every limit: no more than it, no half character, a beginning of the text', () => {
    const text = `Grüße ${FAMILY} ${FLAG} ${'漢字'.repeat(10)} end`;
    for (const unit of ['chars', 'bytes'] as const) {
      for (let max = 0; max < 120; max += 1) {
        const cut = cutText(text, max, unit);
        expect(unit === 'chars' ? cut.length : Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        expect(cut).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }
    }
  });

  it('does not look at what cannot stay', () => {
    const text = FAMILY.repeat(200_000);
    const begun = process.hrtime.bigint();
    expect(cutText(text, 100, 'chars').length).toBeLessThanOrEqual(100);
    expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeLessThan(100);
  });

  it('leaves nothing of a grapheme longer than the limit', () => {
    expect(cutText(`a${'\u0301'.repeat(5000)}`, 50, 'chars').length).toBeLessThanOrEqual(50);
  });
});
