const HEAD = '{"op":"ack","s":"';
const MIDDLE = '","seq":';
/** Every whole number of so many digits is exact. */
const MOST_DIGITS = 15;

/**
 * An acknowledgement written the plain way, as almost every one is: read without a JSON parser and a schema, which would cost
 * more than what it does. Anything else, and whatever may need an error, is undefined here and takes the long way.
 */
export function quickAck(line: string): { readonly s: string; readonly seq: number } | undefined {
  if (!line.startsWith(HEAD)) return undefined;
  const quote = line.indexOf('"', HEAD.length);
  if (quote < 0 || !line.startsWith(MIDDLE, quote)) return undefined;
  const first = quote + MIDDLE.length;
  const last = line.length - 1;
  if (first >= last || last - first > MOST_DIGITS || line.charCodeAt(last) !== 0x7d) return undefined;
  let seq = 0;
  for (let i = first; i < last; i++) {
    const digit = line.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    seq = seq * 10 + digit;
  }
  const s = line.slice(HEAD.length, quote);
  return s.includes('\\') ? undefined : { s, seq };
}
