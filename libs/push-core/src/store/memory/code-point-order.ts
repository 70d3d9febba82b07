/**
 * Order by code point, as every database compares the bytes of UTF-8. The language's own `<` compares UTF-16 units,
 * which sorts an emoji before the last characters of the basic plane.
 */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Index of the first of a sorted list that lies after a point; `toPoint` compares one with that. */
export function firstAfter<T>(sorted: readonly T[], toPoint: (one: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toPoint(sorted[middle] as T) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
