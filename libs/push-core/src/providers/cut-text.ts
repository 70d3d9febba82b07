/**
 * Measured in UTF-16 units (`chars`, as vendors count what Java calls a length), in UTF-8 bytes, or in `cells`: one for ASCII, two
 * for everything else, as a vendor counts who writes "20 Chinese or 40 English characters".
 */
export type TextUnit = 'chars' | 'bytes' | 'cells';

const ELLIPSIS = '…';

function measure(text: string, unit: TextUnit): number {
  if (unit === 'bytes') return Buffer.byteLength(text);
  return unit === 'chars' ? text.length : text.length + text.replace(/[\0-\x7f]/g, '').length;
}

/**
 * `text` in at most `max` units, cut between what a reader sees as characters: never inside a surrogate pair, an emoji of
 * several code points or a letter and its accent. What was cut ends in `…` where there is room for it. Only as much is looked at as
 * can stay, so a text of a megabyte costs no more than one of the limit.
 */
export function cutText(text: string, max: number, unit: TextUnit): string {
  if (measure(text, unit) <= max) return text;
  const ellipsis = measure(ELLIPSIS, unit);
  const room = max > ellipsis ? max - ellipsis : Math.max(0, max);
  let kept = 0;
  let used = 0;
  // A grapheme that begins in what can stay may end behind it: a little more is given to the segmenter than fits.
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, room + LOOK_AHEAD))) {
    const size = measure(segment, unit);
    if (used + size > room) break;
    used += size;
    kept += segment.length;
  }
  const cut = text.slice(0, kept).trimEnd();
  return max > ellipsis ? cut + ELLIPSIS : cut;
}

/** UTF-16 units; longer than any grapheme that is not meant to do harm. */
const LOOK_AHEAD = 64;
