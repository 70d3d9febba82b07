/** Before every name that has it in this place, and after every character a name may have: white space and control characters it has not. */
export const FIRST = '!';
export const LAST = '\u{10FFFF}';

/** From the one on, before the other. */
export interface NameRange {
  readonly from: string;
  readonly until: string;
}

/** Names that begin with the prefix and come after another. */
export function nameRange(prefix: string, after: string): NameRange {
  const next = after === '' ? '' : `${after}${FIRST}`;
  return { from: later(prefix, next), until: `${prefix}${LAST}` };
}

/** The same of topics among the names of streams: those of users begin with `@`, which no topic does. */
export function topicRanges(prefix: string, after: string): NameRange[] {
  const { from, until } = nameRange(prefix, after);
  const ranges = [
    { from, until: earlier(until, '@') },
    { from: later(from, 'A'), until },
  ];
  return ranges.filter((range) => byCodePoint(range.from, range.until) < 0);
}

/** Each once, by code point. */
export const distinctNames = (names: readonly string[]): string[] => [...new Set(names)].sort(byCodePoint);

/** As the databases compare: the bytes of UTF-8. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const earlier = (a: string, b: string): string => (byCodePoint(a, b) < 0 ? a : b);
const later = (a: string, b: string): string => (byCodePoint(a, b) > 0 ? a : b);
