import type { Message } from '../model/message.js';
import { wireName } from '../model/stream.js';
import type { Privacy } from '../policy/policy.js';
import type { MessageClass } from '../providers/provider.js';
import type { Place } from '../store/message-store.js';
import type { Composed } from './composed.js';
import { collapseKeyOf } from './content/collapse-key.js';
import { badgeOf, categoryOf, imageOf, soundOf } from './content/fields.js';
import type { Texts } from './content/texts.js';
import { wordsOf } from './content/words.js';

/** A message's data goes along up to this size, in bytes of UTF-8: the words need room beside it. The app fetches what is larger. */
export const DATA_BYTES = 2048;

export interface ComposeInput {
  /** `Composed.id`: the same at every attempt. A UUID. */
  readonly id: string;
  readonly message: Pick<Message, 'id' | 'type' | 'thread' | 'data' | 'notification' | 'options' | 'expiresAt'>;
  readonly place: Pick<Place, 'stream' | 'seq'>;
  /** The device's. */
  readonly locale?: string;
  /** Of the tenant's settings; default `sender-only`. */
  readonly privacy?: Privacy;
  /** Of the tenant's settings, see `createTexts`. */
  readonly texts: Texts;
  readonly messageClass: MessageClass;
  /** The user's unread count now; undefined where it is not known, and the badge is left as it is. */
  readonly unread?: number;
  /** Messages it tells of, where it is a digest: the thread's unread ones. Default 1: the message itself. */
  readonly digest?: number;
}

/**
 * One notification for one device, without what only a provider knows. Nothing of it fails: a field that is not as it should be is
 * left out. A user's words come out as words alone, whatever is written in them.
 */
export function compose(input: ComposeInput): Composed {
  const { message, privacy = 'sender-only' } = input;
  const notification = message.notification ?? {};
  const count = Math.max(1, Math.floor(input.digest ?? 1));
  const { thread, options } = message;
  const words = wordsOf({ notification, privacy, texts: input.texts, locale: input.locale, count, thread });
  const sound = soundOf(notification.sound);
  return {
    id: input.id,
    messageId: message.id,
    ...words,
    image: privacy === 'full' ? imageOf(notification.image) : undefined,
    badge: badgeOf(notification.badge, input.unread),
    // The sound of one contact tells who it is.
    sound: privacy === 'id-only' && sound !== undefined ? 'default' : sound,
    category: categoryOf(notification.category),
    messageClass: input.messageClass,
    thread,
    collapseKey: collapseKeyOf({ collapseKey: options.collapseKey, thread, digest: count > 1 }),
    priority: options.priority ?? 'normal',
    expiresAt: message.expiresAt,
    data: dataOf(input, privacy, count),
    mutable: privacy !== 'full',
  };
}

/** Keys of our own alone: what the publisher wrote is one value under `data`, as JSON. */
function dataOf({ message, place }: ComposeInput, privacy: Privacy, count: number): Record<string, string> {
  const data: Record<string, string> = {
    id: message.id,
    stream: wireName(place.stream),
    seq: String(place.seq),
    type: message.type,
  };
  if (message.thread !== undefined) data.thread = message.thread;
  if (count > 1) data.count = String(count);
  const fits = message.data !== undefined && Buffer.byteLength(message.data) <= DATA_BYTES;
  if (privacy === 'full' && fits && message.data !== undefined) data.data = message.data;
  return data;
}
