import type { Composed } from '../../offline/composed.js';
import { cutText, type TextUnit } from '../cut-text.js';
import type { Draft } from './dialect.js';

export interface TextLimits {
  readonly title: number;
  readonly body: number;
  readonly unit: TextUnit;
}

/** Vendors who show want both; where there is one, it is the title, or with `repeat` both. undefined: there is nothing to show. */
export function textsOf(
  { title, body }: Composed,
  limits: TextLimits,
): { readonly title: string; readonly body: string } | undefined {
  const first = clean(title) || clean(body);
  if (first === '') return undefined;
  const second = clean(title) === '' ? first : clean(body) || first;
  return { title: cutText(first, limits.title, limits.unit), body: cutText(second, limits.body, limits.unit) };
}

/** Control characters have no business in a notification, and turn some vendors' JSON readers away. */
const clean = (text: string | undefined): string => (text ?? '').replace(/(?![\t\n])\p{Cc}/gu, ' ').trim();

const CORE = ['id', 'stream', 'seq', 'type', 'thread'];

/**
 * What the app gets, under our own key and nowhere else. Where it is more than `maxBytes` only what leads back to the message stays: the
 * app fetches the rest.
 */
export function appData(data: Composed['data'], maxBytes: number): string {
  return JSON.stringify({ push: appPart(data, maxBytes) });
}

/** The same for vendors whose extras are a map of texts: what stands under our key there. */
export const appText = (data: Composed['data'], maxBytes: number): string => JSON.stringify(appPart(data, maxBytes));

function appPart(data: Composed['data'], maxBytes: number): Composed['data'] {
  if (Buffer.byteLength(JSON.stringify({ push: data })) <= maxBytes) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => CORE.includes(key)));
}

/** Shortens the body until all of it is within `maxBytes`. */
export function fitted(body: string, maxBytes: number, render: (body: string) => Record<string, unknown>): Draft {
  let text = body;
  for (let round = 0; round < 4; round += 1) {
    const content = render(text);
    const over = Buffer.byteLength(JSON.stringify(content)) - maxBytes;
    if (over <= 0) return { kind: 'draft', content };
    if (text === '') break;
    text = round === 2 ? '' : cutText(text, Math.max(0, Buffer.byteLength(text) - over), 'bytes');
  }
  return { kind: 'refused', result: { kind: 'payload_error', reason: 'too_large' } };
}

export const nothingToShow: Draft = { kind: 'refused', result: { kind: 'payload_error', reason: 'nothing_to_show' } };

/** Whole units left until it expires, within the vendor's limits. */
export function timeLeft({ expiresAt }: Composed, now: number, unitMs: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.ceil((expiresAt - now) / unitMs)));
}
