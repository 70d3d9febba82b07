import { codeOf, isFine, isObject, judge, listOf } from './answer.js';
import { clientCredentials } from './client-credentials.js';
import { createVendor } from './create-factory.js';
import type { Answer, Dialect, Item, Line, Parcel, Reading } from './dialect.js';
import { HONOR_CODES, HONOR_EXPIRED, HONOR_FAILED } from './honor-results.js';
import { CHINA_MS, toResult } from './meaning.js';
import { notifyNumber, shareOf } from './names.js';
import { appData, fitted, textsOf, timeLeft } from './texts.js';

const BODY_BYTES = 4096;

/** Honor phones: their own service since the company is its own. */
const dialect: Dialect = {
  name: 'honor',
  traits: { batch: 200, perSecond: 3000, dayOffsetMs: CHINA_MS, hours: { marketing: [6, 24] } },
  fields: {
    appId: { required: true, hint: 'Honor developer console → Push → App ID' },
    clientId: { required: true, hint: 'Honor developer console → Push → Client ID; not the App ID' },
    clientSecret: { required: true, hint: 'Honor developer console → Push → Client secret' },
    badgeClass: { hint: 'class of the activity that the launcher starts; without it no badge is set' },
  },
  endpoint: 'https://push-api.cloud.honor.com',
  authEndpoint: 'https://iam.developer.honor.com',
  access: { refreshAfterMs: 50 * 60_000, make: (line) => clientCredentials(line, '/auth/token') },
  tokensAtOnce: 1000,
  together: 'equal',

  compose(notification, { badgeClass }, now) {
    const ttl = `${timeLeft(notification, now, 1000, 1, 1_296_000)}s`;
    const texts = textsOf(notification, { title: 100, body: 1000, unit: 'chars' });
    const data = appData(notification.data, 2048);
    if (!texts) return fitted('', BODY_BYTES, () => ({ data, android: { ttl } }));
    const { badge, image, messageClass } = notification;
    return fitted(texts.body, BODY_BYTES, (body) => ({
      data,
      android: {
        ttl,
        targetUserType: 0,
        notification: {
          title: texts.title,
          body,
          ...(image && { image }),
          importance: messageClass === 'im' ? 'NORMAL' : 'LOW',
          clickAction: { type: 3 },
          notifyId: notifyNumber(notification),
          ...(badgeClass && badge !== undefined && { badge: { setNum: badge, badgeClass } }),
        },
      },
    }));
  },

  deliver: (parcel, line) => send(parcel, line),

  /** Data without a notification: the app, where it runs, takes it away itself. */
  retract(token, retraction, line) {
    const { messageId, thread, badge, reason } = retraction;
    const data = JSON.stringify({ push: { retract: messageId, thread, badge, reason } });
    const item: Item = { token, content: { data, android: { ttl: '3600s' } }, id: retraction.id };
    return send({ items: [item], key: retraction.id }, line);
  },
};

async function send(parcel: Parcel, line: Line): Promise<Reading> {
  const { appId = '' } = line.credentials;
  const answer = await line.post(`/api/v1/${encodeURIComponent(appId)}/sendMessage`, {
    headers: { authorization: `Bearer ${line.access}`, timestamp: String(line.now) },
    json: { ...parcel.items[0]?.content, token: parcel.items.map(({ token }) => token) },
  });
  return read(answer, parcel, line.now);
}

function read(answer: Answer, parcel: Parcel, now: number): Reading {
  const { items } = parcel;
  if (answer.kind === 'failed') return answer.unauthorized ? 'stale_access' : items.map(() => answer.result);
  const data = isObject(answer.json.data) ? answer.json.data : {};
  const expired = new Set(listOf(data.expireTokens));
  const failed = new Set(listOf(data.failTokens));
  const code = codeOf(answer.json.code);
  const judged = judge(answer, code, HONOR_CODES, now);
  if (judged === 'stale_access') return judged;
  // Sources differ about the code of success: whoever says that it was sent has sent it.
  const ruling = data.sendResult === true && isFine(answer.status) ? 'accepted' : judged;
  const id = codeOf(data.requestId) || codeOf(answer.json.requestId);
  return items.map(({ token }) => {
    if (expired.has(token)) return toResult({ meaning: HONOR_EXPIRED, reason: 'expireTokens' }, now);
    if (failed.has(token)) return toResult({ meaning: HONOR_FAILED, reason: 'failTokens' }, now);
    return ruling === 'accepted' ? { kind: 'accepted', providerId: shareOf(id, token, parcel) } : ruling;
  });
}

export const honor = createVendor(dialect);
