import type { Notification } from '../../model/publish-input.js';
import { balanceIsolates, cleanText, cleanTitle } from './clean.js';
import { cutToLimit, type TextLimit } from './cut.js';
import type { TextValues } from './icu.js';

/** Before a provider's own limits, which are narrower for some. */
export const TITLE_LIMIT: TextLimit = Object.freeze({ graphemes: 200, bytes: 1024 });
export const BODY_LIMIT: TextLimit = Object.freeze({ graphemes: 2000, bytes: 8192 });

/** What a publisher wrote, clean and short enough; empty texts are left out. */
export interface Tidy {
  readonly title?: string;
  readonly body?: string;
  readonly values: TextValues;
}

export function tidy({ title, body, values = {} }: Notification): Tidy {
  return { title: tidyTitle(title), body: tidyBody(body), values: tidyValues(values) };
}

/** A cut may leave an isolate open. */
export function tidyTitle(title: string | undefined): string | undefined {
  if (title === undefined) return undefined;
  return balanceIsolates(cutToLimit(cleanTitle(title), TITLE_LIMIT)) || undefined;
}

export function tidyBody(body: string | undefined): string | undefined {
  if (body === undefined) return undefined;
  const lines = cutToLimit(cleanText(body), BODY_LIMIT).split('\n');
  return lines.map((line) => balanceIsolates(line)).join('\n') || undefined;
}

/** Before a value stands among other words: what it left open would go on in them. */
function tidyValues(values: TextValues): TextValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? (tidyBody(value) ?? '') : value]),
  );
}
