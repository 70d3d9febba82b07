import { createHash } from 'node:crypto';
import type { SendResult } from '../provider.js';
import { codeOf, isObject, judge, unknownCode } from './answer.js';
import { callbackParam } from './callback.js';
import { asAccess, refusedAccess } from './client-credentials.js';
import { createVendor } from './create-factory.js';
import type { Answer, Dialect, Item, Line, Made, Parcel, Reading } from './dialect.js';
import { CHINA_MS, toResult } from './meaning.js';
import { OPPO_BAD_ID, OPPO_CODES } from './oppo-results.js';
import { appData, nothingToShow, textsOf, timeLeft } from './texts.js';

const LASTS_MS = 24 * 3600_000;
const SEND = '/server/v1/message/notification';

/** OPPO, OnePlus and realme phones. Each item of a batch has its own text: nothing need be alike to go out together. */
const dialect: Dialect = {
  name: 'oppo',
  traits: { batch: 500, perSecond: 5000, perDeviceDay: { marketing: 2 }, dayOffsetMs: CHINA_MS },
  fields: {
    appKey: { required: true, also: ['app_key'], hint: 'OPPO push console → App configuration → AppKey' },
    masterSecret: {
      required: true,
      also: ['master_secret'],
      hint: 'OPPO push console → App configuration → MasterSecret; not the AppSecret',
    },
    appId: { hint: 'OPPO push console → App configuration → AppId; not used' },
    channelIm: { also: ['channelId'], hint: 'id of the channel of private messages' },
    channelMarketing: { hint: 'id of the channel of public messages' },
    categoryIm: { fallback: 'IM', hint: 'the category applied for; "none" where there is none' },
    categoryMarketing: { fallback: 'MARKETING', hint: 'the category applied for; "none" where there is none' },
    callback: { hint: 'address OPPO tells receipts to' },
  },
  endpoint: 'https://api.push.oppomobile.com',
  access: { refreshAfterMs: 2 * 3600_000, make: authenticate },
  tokensAtOnce: 1000,
  together: 'any',

  compose(notification, credentials, now) {
    const texts = textsOf(notification, { title: 50, body: 200, unit: 'chars' });
    if (!texts) return nothingToShow;
    const im = notification.messageClass === 'im';
    const channel = im ? credentials.channelIm : credentials.channelMarketing;
    const category = im ? credentials.categoryIm : credentials.categoryMarketing;
    const { callback, masterSecret = '' } = credentials;
    return {
      kind: 'draft',
      content: {
        // A repeated one with this name is not shown twice.
        app_message_id: notification.id,
        title: texts.title,
        content: texts.body,
        click_action_type: 0,
        action_parameters: appData(notification.data, 3000),
        off_line: true,
        off_line_ttl: timeLeft(notification, now, 1000, 60, 10 * 24 * 3600),
        ...(channel && { channel_id: channel }),
        ...(category !== 'none' && { category, notify_level: im ? 16 : 1 }),
        ...(callback && { call_back_url: callback, call_back_parameter: callbackParam(notification.id, masterSecret) }),
      },
    };
  },

  async deliver({ items }, line) {
    const messages = items.map(({ token, content }) => ({
      target_type: 2,
      target_value: token,
      notification: content,
    }));
    const [only] = messages;
    const one = messages.length === 1 && only !== undefined;
    const answer = await line.post(one ? `${SEND}/unicast` : `${SEND}/unicast_batch`, {
      headers: { auth_token: line.access },
      form: {
        auth_token: line.access,
        ...(one ? { message: JSON.stringify(only) } : { messages: JSON.stringify(messages) }),
      },
    });
    return read(answer, { items, key: '' }, line.now);
  },
};

function read(answer: Answer, { items }: Parcel, now: number): Reading {
  if (answer.kind === 'failed') return answer.unauthorized ? 'stale_access' : items.map(() => answer.result);
  const { data } = answer.json;
  const ruling = judge(answer, codeOf(answer.json.code), OPPO_CODES, now);
  if (ruling === 'stale_access') return ruling;
  if (ruling !== 'accepted') return items.map(() => ruling);
  if (!Array.isArray(data)) {
    const id = isObject(data) ? codeOf(data.messageId) : '';
    if (items.length === 1) return [{ kind: 'accepted', providerId: id }];
    return items.map(() => ({ kind: 'unknown_after_write', reason: 'unreadable_answer' }));
  }
  return readBatch(data.filter(isObject), items, now);
}

/** Every id has a line of its own. */
function readBatch(lines: readonly Readonly<Record<string, unknown>>[], items: readonly Item[], now: number): Reading {
  const byToken = new Map(lines.map((line) => [codeOf(line.registrationId), line]));
  const codeIn = (line: Readonly<Record<string, unknown>>): string => codeOf(line.errorCode) || '0';
  const someTaken = lines.some((line) => codeIn(line) === '0');
  return items.map(({ token }): SendResult => {
    const line = byToken.get(token);
    if (!line) return { kind: 'unknown_after_write', reason: 'unreadable_answer' };
    const code = codeIn(line);
    if (code === OPPO_BAD_ID && someTaken) return { kind: 'token_invalid', reason: code };
    const meaning = Object.hasOwn(OPPO_CODES, code) ? OPPO_CODES[code] : undefined;
    if (meaning === 'accepted') return { kind: 'accepted', providerId: codeOf(line.messageId) };
    if (meaning === undefined || meaning === 'stale_access') return { kind: 'transient', reason: unknownCode(code) };
    return toResult({ meaning, reason: code }, now);
  });
}

async function authenticate(line: Line): Promise<Made> {
  const { appKey = '', masterSecret = '' } = line.credentials;
  const timestamp = String(line.now);
  const sign = createHash('sha256')
    .update(appKey + timestamp + masterSecret)
    .digest('hex');
  const answer = await line.post('/server/v1/auth', { to: 'auth', form: { app_key: appKey, timestamp, sign } });
  if (answer.kind === 'failed') return { kind: 'failed', result: asAccess(answer.result) };
  const data = isObject(answer.json.data) ? answer.json.data : {};
  const value = data.auth_token;
  if (typeof value === 'string' && value !== '') return { kind: 'made', value, expiresAt: line.now + LASTS_MS };
  return { kind: 'failed', result: refusedAccess(answer, codeOf(answer.json.code), OPPO_CODES, line.now) };
}

export const oppo = createVendor(dialect);
