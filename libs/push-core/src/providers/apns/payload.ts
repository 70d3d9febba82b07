import type { Composed, Retraction } from '../../offline/composed.js';
import { cutText } from '../cut-text.js';

export const LARGEST_BYTES = 4096;

/** What stays of `data` when not all of it fits: enough to fetch the rest. */
const ESSENTIAL = ['id', 'stream', 'seq', 'type', 'thread'];

/** Shows something, or wakes the app alone. */
export type PushType = 'alert' | 'background';

export const pushTypeOf = ({ title, body }: Composed): PushType =>
  title === undefined && body === undefined ? 'background' : 'alert';

/**
 * The JSON that Apple gets, in `maxBytes` at most: the body is cut first, then `data` is reduced to what names the message, then the title
 * is cut. Undefined where it is still too large. Whatever a user wrote is inside `alert` or under our own key `push`.
 */
export function payloadOf(notification: Composed, maxBytes = LARGEST_BYTES): string | undefined {
  const whole = write(notification);
  if (fits(whole, maxBytes)) return whole;
  return shortened(notification, maxBytes, 'body') ?? shortened(essential(notification), maxBytes, 'body', 'title');
}

/** Takes a notification away: the app, woken, removes it; the badge is set without it. */
export function retractionOf(retraction: Retraction): string {
  const { notificationId, messageId, thread, collapseKey, badge, reason } = retraction;
  return JSON.stringify({
    aps: { 'content-available': 1, badge },
    push: { retract: notificationId, id: messageId, thread, collapseKey, reason },
  });
}

function write(notification: Composed): string {
  const { title, body, image, badge, category, thread, data } = notification;
  const push = image === undefined ? data : { ...data, image };
  if (pushTypeOf(notification) === 'background') {
    return JSON.stringify({ aps: { 'content-available': 1, badge }, push });
  }
  return JSON.stringify({
    aps: {
      alert: { title, body },
      badge,
      sound: soundOf(notification.sound),
      category,
      'thread-id': thread,
      // An image has to be fetched by the app's extension, too.
      'mutable-content': notification.mutable || image !== undefined ? 1 : undefined,
    },
    push,
  });
}

/** The name of a file in the app, and nothing that could be a path. */
const soundOf = (sound: string | undefined): string | undefined =>
  sound === undefined || /^\w[\w.-]{0,63}$/.test(sound) ? sound : 'default';

function shortened(notification: Composed, maxBytes: number, ...fields: ('body' | 'title')[]): string | undefined {
  let current = notification;
  for (const field of fields) {
    // Escapes make what is written longer than the text, here more and there less: the first cut may not be enough.
    for (let text = current[field]; text !== undefined && text !== ''; text = current[field]) {
      const json = write(current);
      const over = Buffer.byteLength(json) - maxBytes;
      if (over <= 0) return json;
      const written = Buffer.byteLength(JSON.stringify(text)) - 2;
      const left = Math.floor((Buffer.byteLength(text) * Math.max(0, written - over)) / written);
      current = { ...current, [field]: cutText(text, left, 'bytes') };
      if (current[field] === text) current = { ...current, [field]: '' };
    }
  }
  const json = write(current);
  return fits(json, maxBytes) ? json : undefined;
}

function essential(notification: Composed): Composed {
  const kept = Object.entries(notification.data).filter(([name]) => ESSENTIAL.includes(name));
  return { ...notification, image: undefined, data: Object.fromEntries(kept) };
}

/** A UTF-16 unit is three bytes at most: what is short enough by that need not be measured. */
const fits = (json: string, maxBytes: number): boolean =>
  json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes;
