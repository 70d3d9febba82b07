/** How long a text may be. `bytes` of UTF-8 beside the graphemes: one grapheme can be as long as its writer likes. */
export interface TextLimit {
  readonly graphemes: number;
  readonly bytes: number;
}

const ELLIPSIS = '…';
const ELLIPSIS_BYTES = 3;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text where it is short enough; else as much of it as fits before an ellipsis, cut between what a reader sees as characters. */
export function cutToLimit(text: string, limit: TextLimit): string {
  // A grapheme is one UTF-16 unit at least, and a unit 3 bytes at most: most texts need no count.
  if (text.length <= limit.graphemes && text.length * 3 <= limit.bytes) return text;
  const room = { graphemes: limit.graphemes - 1, bytes: limit.bytes - ELLIPSIS_BYTES };
  let graphemes = 0;
  let bytes = 0;
  let kept = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    graphemes += 1;
    bytes += Buffer.byteLength(segment);
    // As far as it goes with the ellipsis behind it, in case that there is more.
    if (graphemes <= room.graphemes && bytes <= room.bytes) kept = index + segment.length;
    if (graphemes > limit.graphemes || bytes > limit.bytes) return text.slice(0, kept) + ELLIPSIS;
  }
  return text;
}
