/** Length in bits of each symbol's code (RFC 7541, Appendix B). The codes follow: they are canonical. */
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
] as const;

const END_OF_STRING = 256;

/** A binary tree in one array: two places a node, positive to the next node, negative to a symbol (as -1 - symbol). */
const TREE = grow();

function grow(): Int16Array {
  const tree = new Int16Array(2 * LENGTHS.length);
  const order = LENGTHS.map((length, symbol) => ({ length, symbol })).sort(
    (one, other) => one.length - other.length || one.symbol - other.symbol,
  );
  let nodes = 1;
  let code = 0;
  let before = 0;
  for (const { length, symbol } of order) {
    code <<= length - before;
    before = length;
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit--) {
      const place = 2 * node + ((code >> bit) & 1);
      if (bit === 0) tree[place] = -1 - symbol;
      else node = tree[place] ||= nodes++;
    }
    code++;
  }
  return tree;
}

/** The text, as latin1; undefined where the padding is not what it must be. */
export function decodeHuffman(bytes: Buffer, from: number, to: number): string | undefined {
  const text = Buffer.allocUnsafe(Math.ceil(((to - from) * 8) / 5));
  let length = 0;
  let node = 0;
  let depth = 0;
  let ones = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    for (let bit = 7; bit >= 0; bit--) {
      const value = (byte >> bit) & 1;
      ones &&= value === 1;
      depth++;
      const next = TREE[2 * node + value] as number;
      if (next >= 0) {
        node = next;
        continue;
      }
      if (next === -1 - END_OF_STRING) return undefined;
      text[length++] = -1 - next;
      node = 0;
      depth = 0;
      ones = true;
    }
  }
  return depth < 8 && ones ? text.toString('latin1', 0, length) : undefined;
}
