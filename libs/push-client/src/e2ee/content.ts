import { textOf, utf8 } from './bytes.js';
import { padded, unpadded } from './padding.js';

/** What a notification of the message may say where it can be opened: in a service worker. */
export interface SealedNotification {
  readonly title?: string;
  readonly body?: string;
  /** URL. */
  readonly image?: string;
}

/** What is inside. */
export interface Content {
  readonly data: unknown;
  readonly notification?: SealedNotification;
}

const WORDS = ['title', 'body', 'image'];

export const writeContent = ({ data, notification }: Content): Uint8Array =>
  padded(utf8(JSON.stringify({ d: data, n: notification })));

/** Undefined for what nobody wrote so. */
export function readContent(bytes: Uint8Array): Content | undefined {
  const content = unpadded(bytes);
  if (content === undefined) return undefined;
  try {
    const { d, n } = JSON.parse(textOf(content)) as { d?: unknown; n?: Record<string, unknown> };
    if (typeof n !== 'object' || n === null) return { data: d };
    // Only what is there: it is laid over the generic words.
    const words = Object.entries(n).filter(([name, text]) => WORDS.includes(name) && typeof text === 'string');
    return { data: d, notification: Object.fromEntries(words) };
  } catch {
    return undefined;
  }
}
