import { createPrivateKey } from 'node:crypto';
import type { Composed } from '../../offline/composed.js';
import { signJwt } from '../sign-jwt.js';
import { createVendor } from './create-factory.js';
import type { Credentials, Dialect, Item, Line, Made } from './dialect.js';
import { revoke } from './hms.js';
import { readHuawei } from './huawei-answer.js';
import { CHINA_MS } from './meaning.js';
import { notifyNumber } from './names.js';
import { appData, fitted, textsOf, timeLeft } from './texts.js';

const BODY_BYTES = 4096;
const JWT_SECONDS = 3600;
const ALERT = '0';
const BACKGROUND = '6';

/** HarmonyOS 5 and later: Push Kit, v3. The fields are those of the service account's file, which may be given as it is. */
const dialect: Dialect = {
  name: 'harmony',
  traits: {
    batch: 200,
    perSecond: 6000,
    perDeviceDay: { im: 3000, marketing: 2 },
    dayOffsetMs: CHINA_MS,
    hours: { marketing: [6, 24] },
  },
  fields: {
    projectId: { required: true, also: ['project_id'], hint: '"project_id" of the service account’s file' },
    keyId: { required: true, also: ['key_id'], hint: '"key_id" of the service account’s file' },
    subAccount: { required: true, also: ['sub_account'], hint: '"sub_account" of the service account’s file' },
    privateKey: {
      required: true,
      also: ['private_key'],
      hint: '"private_key" of the service account’s file: an RSA key, PEM',
      fits: (pem) => createPrivateKey(pem).asymmetricKeyType === 'rsa',
    },
    tokenUri: {
      also: ['token_uri'],
      fallback: 'https://oauth-login.cloud.huawei.com/oauth2/v3/token',
      hint: '"token_uri" of the service account’s file',
    },
    authUri: { also: ['auth_uri'], hint: '"auth_uri" of the service account’s file; not used' },
    authProviderCertUri: { also: ['auth_provider_cert_uri'], hint: 'of the service account’s file; not used' },
    clientCertUri: { also: ['client_cert_uri'], hint: 'of the service account’s file; not used' },
    algorithm: { fallback: 'PS256', oneOf: ['PS256', 'RS256'], hint: 'PS256 or RS256' },
    clientId: { also: ['client_id'], hint: 'the app’s Client ID; without it nothing can be taken back' },
    categoryIm: { fallback: 'IM', hint: 'the category applied for; "none" where there is none' },
    categoryMarketing: { fallback: 'MARKETING', hint: 'the category applied for; "none" where there is none' },
    callbackUser: { hint: 'the user name set for receipts' },
    callbackSecret: { hint: 'the key set for receipts' },
  },
  endpoint: 'https://push-api.cloud.huawei.com',
  access: { refreshAfterMs: 50 * 60_000, make: async (line) => signed(line) },
  tokensAtOnce: 1000,
  together: 'equal',

  compose: (notification, credentials, now) => {
    const pushOptions = { ttl: timeLeft(notification, now, 1000, 1, 15 * 24 * 3600) };
    const texts = textsOf(notification, { title: 100, body: 1000, unit: 'chars' });
    const data = appData(notification.data, 2048);
    if (!texts) {
      return fitted('', BODY_BYTES, () => ({ type: BACKGROUND, payload: { extraData: data }, pushOptions }));
    }
    return fitted(texts.body, BODY_BYTES, (body) => ({
      type: ALERT,
      payload: { notification: shown(notification, credentials, texts.title, body, data) },
      pushOptions,
    }));
  },

  async deliver({ items, key }, line) {
    const { type, payload, pushOptions } = items[0]?.content as { type: string; payload: object; pushOptions: object };
    const answer = await send(line, type, {
      payload,
      target: { token: items.map(({ token }) => token) },
      pushOptions: { ...pushOptions, biTag: key },
    });
    // A list without reasons proves nothing here: all of them stand there when the app is penalised.
    return readHuawei(answer, { items, key }, line.now, 'token_suspect');
  },

  async retract(token, retraction, line) {
    const { clientId } = line.credentials;
    return clientId === undefined ? undefined : revoke(clientId, token, retraction, line);
  },

  /** There is nothing to fetch with the key: only a send tells whether it is the right one. */
  async probe(line) {
    const item: Item = { token: 'none', content: {}, id: 'check' };
    const answer = await send(line, BACKGROUND, {
      payload: { extraData: '{}' },
      target: { token: [item.token] },
      pushOptions: { testMessage: true },
    });
    return readHuawei(answer, { items: [item], key: 'check' }, line.now, 'token_suspect');
  },
};

function shown(
  notification: Composed,
  credentials: Credentials,
  title: string,
  body: string,
  data: string,
): Record<string, unknown> {
  const category = notification.messageClass === 'im' ? credentials.categoryIm : credentials.categoryMarketing;
  return {
    ...(category !== 'none' && { category }),
    title,
    body,
    ...(notification.image && { image: notification.image }),
    clickAction: { actionType: 0, data: JSON.parse(data) as object },
    ...(notification.badge !== undefined && { badge: { setNum: notification.badge } }),
    notifyId: notifyNumber(notification),
  };
}

const send = (line: Line, type: string, json: object): ReturnType<Line['post']> =>
  line.post(`/v3/${encodeURIComponent(line.credentials.projectId ?? '')}/messages:send`, {
    headers: { authorization: `Bearer ${line.access}`, 'push-type': type },
    json,
  });

/** A JWT of the service account's is its own access token; a day is the most, an hour what is asked for. */
function signed({ credentials, now }: Line): Made {
  const { keyId, subAccount, tokenUri, privateKey = '', algorithm } = credentials;
  const iat = Math.floor(now / 1000);
  const claims = { iss: subAccount, aud: tokenUri, iat, exp: iat + JWT_SECONDS };
  try {
    const value = signJwt({ typ: 'JWT', kid: keyId }, claims, privateKey, algorithm === 'RS256' ? 'RS256' : 'PS256');
    return { kind: 'made', value, expiresAt: (iat + JWT_SECONDS) * 1000 };
  } catch {
    return { kind: 'failed', result: { kind: 'config_error', reason: 'private_key' } };
  }
}

export const harmony = createVendor(dialect);
