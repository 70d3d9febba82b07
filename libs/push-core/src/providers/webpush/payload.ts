import { createHash } from 'node:crypto';
import type { Composed, Retraction } from '../../offline/composed.js';
import { cutText } from '../cut-text.js';
import { PLAINTEXT_BYTES } from './encrypt.js';

/** What a push holds, once decrypted: JSON that `push-client/webpush` reads in the service worker. Additions keep `v`. */
export type WebPushPayload =
  | {
      readonly v: 1;
      readonly do: 'show';
      /** `Composed.id`. */
      readonly id: string;
      readonly title?: string;
      readonly body?: string;
      readonly image?: string;
      readonly badge?: number;
      readonly category?: string;
      /** A later notification with the same tag replaces an earlier one: the collapse key. */
      readonly tag?: string;
      /** The app should fetch and replace the text before it is shown. */
      readonly mutable?: true;
      readonly data: Readonly<Record<string, string>>;
    }
  | {
      readonly v: 1;
      readonly do: 'close';
      /** Of the notification that is taken back. */
      readonly id: string;
      readonly tag?: string;
      readonly badge: number;
    };

const TOPIC_CHARS = 32;

/**
 * The plaintext of a notification, in what one record holds. Where it is too long the message's own `data` goes first, which the app can
 * fetch, then the end of the body, then that of the title. Undefined: too long even so.
 */
export function showPayload(composed: Composed): Buffer | undefined {
  const { id, title, body, image, badge, category, collapseKey, mutable, data } = composed;
  const whole: WebPushPayload = {
    v: 1,
    do: 'show',
    id,
    title,
    body,
    image,
    badge,
    category,
    tag: collapseKey,
    ...(mutable && { mutable: true as const }),
    data,
  };
  return fitted(whole, PLAINTEXT_BYTES);
}

export function closePayload({ notificationId, collapseKey, badge }: Retraction): Buffer {
  const payload: WebPushPayload = { v: 1, do: 'close', id: notificationId, tag: collapseKey, badge };
  return encode(payload);
}

/** Replaces what is pending at the push service; hashed, because a collapse key says more than the service has to know. */
export const topicOf = (collapseKey: string): string =>
  createHash('sha256').update(collapseKey).digest('base64url').slice(0, TOPIC_CHARS);

type Show = Extract<WebPushPayload, { do: 'show' }>;

function fitted(whole: Show, max: number): Buffer | undefined {
  const bytes = encode(whole);
  if (bytes.length <= max) return bytes;
  const { data, ...known } = whole.data;
  if (data !== undefined) return fitted({ ...whole, data: known }, max);
  for (const field of ['body', 'title'] as const) {
    const text = whole[field];
    if (text === undefined || text === '') continue;
    return fitted({ ...whole, [field]: shortened(text, bytes.length - max) }, max);
  }
  return undefined;
}

/** By so many bytes of JSON, as far as can be told beforehand: escaped characters need not lie evenly. */
function shortened(text: string, excess: number): string | undefined {
  const written = Buffer.byteLength(JSON.stringify(text));
  const share = Math.max(0, written - excess) / written;
  const cut = cutText(text, Math.floor(Buffer.byteLength(text) * share), 'bytes');
  return cut === '' || cut.length >= text.length ? undefined : cut;
}

const encode = (payload: WebPushPayload): Buffer => Buffer.from(JSON.stringify(payload));
