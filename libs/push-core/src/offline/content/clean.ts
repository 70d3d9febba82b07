/** Control characters, byte order marks and what annotates other text; line ends and tabs are dealt with before. */
const INVISIBLE = /[\p{Cc}\uFEFF\uFFF9-\uFFFB]/gu;
/** Embeddings and overrides: they turn the text after them around, up to the app's own words and the end of the line. */
const OVERRIDES = /[\u202A-\u202E]/gu;
const ISOLATES = /[\u2066-\u2069]/gu;
const POP_ISOLATE = '\u2069';
/** Half of a pair alone: no character, and not to be written in UTF-8. */
const HALF = /\p{Cs}/gu;
/** More marks on one letter than any script has (the limit of Unicode's stream-safe text) paint over what is around it. */
const STACKED = /(\p{M}{30})\p{M}+/gu;

/** A user's text as it may stand on a lock screen, with its line breaks. */
export function cleanText(text: string): string {
  const lines = text.replace(/\r\n?|[\u2028\u2029\v\f\x85]/gu, '\n').split('\n');
  return lines
    .map((line) => cleanLine(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** A user's text as it may stand in a title: one line. */
export function cleanTitle(text: string): string {
  return cleanLine(text.replace(/[\r\n\v\f\x85\u2028\u2029]+/gu, ' ')).trim();
}

function cleanLine(line: string): string {
  const shown = line
    .replaceAll('\t', ' ')
    .replace(HALF, '\uFFFD')
    .replace(INVISIBLE, '')
    .replace(OVERRIDES, '')
    .replace(STACKED, '$1');
  return balanceIsolates(shown);
}

/** Every isolate is closed, and nothing is closed that was not open: what comes after the text keeps its direction. */
export function balanceIsolates(line: string): string {
  let open = 0;
  const balanced = line.replace(ISOLATES, (mark) => {
    if (mark !== POP_ISOLATE) {
      open += 1;
      return mark;
    }
    if (open === 0) return '';
    open -= 1;
    return mark;
  });
  return balanced + POP_ISOLATE.repeat(open);
}
