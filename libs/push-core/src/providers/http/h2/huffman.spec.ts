import { expect, it } from '@jest/globals';
import { decodeHuffman } from './huffman.js';

const decode = (hex: string): string | undefined => {
  const bytes = Buffer.from(hex, 'hex');
  return decodeHuffman(bytes, 0, bytes.length);
};

// RFC 7541, Appendix C.
it.each([
  ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
  ['a8eb10649cbf', 'no-cache'],
  ['25a849e95ba97d7f', 'custom-key'],
  ['25a849e95bb8e8b4bf', 'custom-value'],
  ['6402', '302'],
  ['aec3771a4b', 'private'],
  ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
  [
    '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
])('%s', (hex, text) => {
  expect(decode(hex)).toBe(text);
});

it('refuses padding of more than seven bits, or of anything but ones, and the end-of-string symbol', () => {
  expect(decode('6402ff')).toBeUndefined();
  expect(decode('a8eb10649cbe')).toBeUndefined();
  expect(decode('ffffffff')).toBeUndefined();
  expect(decode('')).toBe('');
});
