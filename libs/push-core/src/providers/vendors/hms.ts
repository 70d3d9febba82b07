import type { Retraction } from '../../offline/composed.js';
import { clientCredentials } from './client-credentials.js';
import { createVendor } from './create-factory.js';
import type { Dialect, Line, Parcel, Reading } from './dialect.js';
import { readHuawei } from './huawei-answer.js';
import { CHINA_MS } from './meaning.js';
import { notifyNumber } from './names.js';
import { appData, fitted, textsOf, timeLeft } from './texts.js';

const BODY_BYTES = 4096;
const DAY_SECONDS = 24 * 3600;

/** Huawei phones with Android and HMS Core: Push Kit, v1. */
const dialect: Dialect = {
  name: 'hms',
  traits: {
    batch: 200,
    perSecond: 6000,
    perDeviceDay: { im: 3000, marketing: 2 },
    dayOffsetMs: CHINA_MS,
    hours: { marketing: [6, 24] },
  },
  fields: {
    appId: { required: true, hint: 'AppGallery Connect → Project settings → App ID' },
    clientId: { hint: 'AppGallery Connect → Project settings → Client ID; the App ID where it is left out' },
    clientSecret: {
      required: true,
      also: ['appSecret'],
      hint: 'AppGallery Connect → Project settings → Client secret',
    },
    categoryIm: { fallback: 'IM', hint: 'the category applied for; "none" where there is none' },
    categoryMarketing: { fallback: 'MARKETING', hint: 'the category applied for; "none" where there is none' },
    badgeClass: { hint: 'class of the activity that the launcher starts; without it no badge is set' },
    callbackUser: { hint: 'the user name set for receipts' },
    callbackSecret: { hint: 'the key set for receipts' },
  },
  endpoint: 'https://push-api.cloud.huawei.com',
  authEndpoint: 'https://oauth-login.cloud.huawei.com',
  access: {
    refreshAfterMs: 50 * 60_000,
    make: (line) => {
      const { appId = '', clientId = appId } = line.credentials;
      return clientCredentials({ ...line, credentials: { ...line.credentials, clientId } }, '/oauth2/v3/token');
    },
  },
  tokensAtOnce: 1000,
  together: 'equal',

  compose(notification, credentials, now) {
    const texts = textsOf(notification, { title: 100, body: 1000, unit: 'chars' });
    const im = notification.messageClass === 'im';
    const category = im ? credentials.categoryIm : credentials.categoryMarketing;
    const data = appData(notification.data, 2048);
    const android = {
      collapse_key: -1,
      urgency: notification.priority === 'high' ? 'HIGH' : 'NORMAL',
      ttl: `${timeLeft(notification, now, 1000, 1, 15 * DAY_SECONDS)}s`,
      ...(category !== 'none' && { category }),
    };
    // Nothing to show: the app gets the data, if it runs.
    if (!texts) return fitted('', BODY_BYTES, () => ({ data, android }));
    const { badgeClass } = credentials;
    return fitted(texts.body, BODY_BYTES, (body) => ({
      data,
      android: {
        ...android,
        notification: {
          title: texts.title,
          body,
          ...(notification.image && { image: notification.image }),
          click_action: { type: 3 },
          importance: im ? 'NORMAL' : 'LOW',
          notify_id: notifyNumber(notification),
          ...(notification.sound && notification.sound !== 'default' && { sound: notification.sound }),
          ...(badgeClass &&
            notification.badge !== undefined && { badge: { class: badgeClass, set_num: notification.badge } }),
        },
      },
    }));
  },

  async deliver(parcel, line) {
    const { appId = '' } = line.credentials;
    const answer = await line.post(`/v1/${encodeURIComponent(appId)}/messages:send`, {
      headers: { authorization: `Bearer ${line.access}` },
      json: { validate_only: false, message: withTokens(parcel) },
    });
    // Beside tokens of the same app that were taken, those on the list are no good.
    return readHuawei(answer, parcel, line.now, 'token_invalid');
  },

  retract: (token, retraction, line) => revoke(line.credentials.appId ?? '', token, retraction, line),
};

/** `bi_tag` comes back with the receipt. */
function withTokens({ items, key }: Parcel): Record<string, unknown> {
  const content = items[0]?.content as { data: string; android: object };
  return {
    data: content.data,
    android: { ...content.android, bi_tag: key },
    token: items.map(({ token }) => token),
  };
}

/** By the number it was shown under, on this token alone. */
export async function revoke(app: string, token: string, retraction: Retraction, line: Line): Promise<Reading> {
  const answer = await line.post(`/v1/${encodeURIComponent(app)}/messages:revoke`, {
    headers: { authorization: `Bearer ${line.access}`, 'push-type': '0' },
    json: { notifyId: notifyNumber(retraction), token: [token] },
  });
  const parcel = { items: [{ token, content: {}, id: retraction.id }], key: retraction.id };
  return readHuawei(answer, parcel, line.now, 'token_suspect');
}

export const hms = createVendor(dialect);
