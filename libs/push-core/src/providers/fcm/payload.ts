import type { Composed, Retraction } from '../../offline/composed.js';
import { cutText } from '../cut-text.js';

/** What FCM takes: of `data` and `notification` together. */
const LARGEST_BYTES = 4096;
/** FCM keeps a message no longer: four weeks. */
const LONGEST_SECONDS = 2_419_200;
const RETRACTION_SECONDS = 86_400;
const ESSENTIAL = ['id', 'stream', 'seq', 'type', 'thread'];
/**
 * The message for one device, `{message: …}` as JSON. On Android the notification is shown by the system; on iOS and in browsers behind
 * Firebase too. What the app gets along is under our own key `push`, as JSON text (FCM
 * takes strings only): no name of a user's can be one of Google's. Undefined where it is too large even without a body.
 */
export function messageOf(token: string, notification: Composed, now: number, platform: string): string | undefined {
  for (const shorter of lengths(notification)) {
    const message = write(token, shorter, now, platform);
    if (message !== undefined) return message;
  }
  return undefined;
}

/** Takes a notification away: a data message; the app does it. */
export function retractionOf(token: string, retraction: Retraction): string {
  const { notificationId, messageId, thread, collapseKey, badge, reason } = retraction;
  const push = { retract: notificationId, id: messageId, thread, collapseKey, badge, reason };
  return JSON.stringify({
    message: {
      token,
      data: { push: JSON.stringify(push) },
      android: { priority: 'NORMAL', ttl: `${RETRACTION_SECONDS}s` },
      apns: {
        headers: { 'apns-priority': '5', 'apns-push-type': 'background' },
        payload: { aps: { 'content-available': 1, badge } },
      },
    },
  });
}

/** As it is; with less body; with what names the message alone; without a body. */
function* lengths(notification: Composed): Generator<Composed> {
  yield notification;
  const { body, title, data } = notification;
  const lean = { ...notification, image: undefined, data: only(data, ESSENTIAL) };
  if (body !== undefined)
    for (const bytes of [2048, 1024]) yield { ...notification, body: cutText(body, bytes, 'bytes') };
  if (body !== undefined) for (const bytes of [2048, 1024, 256]) yield { ...lean, body: cutText(body, bytes, 'bytes') };
  yield { ...lean, body: undefined, title: title === undefined ? undefined : cutText(title, 1024, 'bytes') };
}

function write(token: string, notification: Composed, now: number, platform: string): string | undefined {
  const { title, body, image, badge, sound, category, thread, collapseKey, priority, expiresAt, mutable } =
    notification;
  const shown = title !== undefined || body !== undefined;
  const seconds = Math.min(LONGEST_SECONDS, Math.max(0, Math.ceil((expiresAt - now) / 1000)));
  const high = priority === 'high';
  const text = shown ? { title, body, image } : undefined;
  const data = { push: JSON.stringify(notification.data) };
  if (Buffer.byteLength(JSON.stringify({ text, data })) > LARGEST_BYTES) return undefined;
  const message = {
    token,
    notification: text,
    data,
    ...(platform !== 'ios' && {
      android: {
        priority: high ? 'HIGH' : 'NORMAL',
        ttl: `${seconds}s`,
        collapse_key: collapseKey,
        notification: shown
          ? { tag: collapseKey, sound: soundOf(sound), notification_count: badge === 0 ? undefined : badge }
          : undefined,
      },
    }),
    ...(platform !== 'android' && {
      apns: {
        headers: {
          'apns-priority': shown && high ? '10' : '5',
          'apns-push-type': shown ? 'alert' : 'background',
          'apns-expiration': String(Math.floor(now / 1000) + seconds),
          'apns-collapse-id': collapseKey,
        },
        payload: {
          aps: {
            badge,
            sound: soundOf(sound),
            category,
            'thread-id': thread,
            'mutable-content': mutable || image !== undefined ? 1 : undefined,
            'content-available': shown ? undefined : 1,
          },
        },
      },
    }),
    ...(platform !== 'android' &&
      platform !== 'ios' && {
        webpush: {
          headers: { TTL: String(seconds), Urgency: priority },
          notification: shown && collapseKey !== undefined ? { tag: collapseKey } : undefined,
        },
      }),
  };
  return JSON.stringify({ message });
}

/** The name of a sound in the app, and nothing that could be a path. */
const soundOf = (sound: string | undefined): string | undefined =>
  sound === undefined || /^\w[\w.-]{0,63}$/.test(sound) ? sound : 'default';

const only = (data: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)));
