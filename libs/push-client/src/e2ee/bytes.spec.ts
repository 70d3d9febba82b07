import * as fc from 'fast-check';
import { fromBase64Url, joined, toBase64Url } from './bytes.js';
import { bucketOf, padded, unpadded } from './padding.js';

const bytes = fc.uint8Array({ maxLength: 400 });

describe('base64url', () => {
  it('is Node’s, there and back', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const text = toBase64Url(given);
        expect(text).toBe(Buffer.from(given).toString('base64url'));
        expect(Buffer.from(fromBase64Url(text)!)).toEqual(Buffer.from(given));
      }),
    );
    expect(toBase64Url(new Uint8Array(70_000)).length).toBe(Math.ceil((70_000 * 4) / 3));
  });

  it('takes one spelling only', () => {
    for (const text of ['A', 'AB', 'AAB', 'AA==', 'A+', 'A/AA', ' AAA', 'AA\n']) {
      expect([text, fromBase64Url(text)]).toEqual([text, undefined]);
    }
  });
});

it('no two lists of parts are joined to the same bytes', () => {
  const list = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(list, list, (left, right) => {
      const isSame = JSON.stringify(left) === JSON.stringify(right);
      expect(toBase64Url(joined(...left)) === toBase64Url(joined(...right))).toBe(isSame);
    }),
    {
      examples: [
        [
          ['ab', 'c'],
          ['a', 'bc'],
        ],
        [['a', ''], ['a']],
      ],
    },
  );
});

describe('padding', () => {
  it('comes off again, and leaves only buckets to see', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (content) => {
        const whole = padded(content);
        expect(whole.length).toBe(bucketOf(content.length));
        expect(Buffer.from(unpadded(whole)!)).toEqual(Buffer.from(content));
      }),
    );
    const sizes = [0, 255, 256, 1000, 4095, 4096, 9000].map(bucketOf);
    expect(sizes).toEqual([256, 256, 512, 1024, 4096, 8192, 12_288]);
  });

  it('that is none is seen', () => {
    expect([new Uint8Array(256), new Uint8Array(0), new Uint8Array([1, 0, 0])].map(unpadded)).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });
});
