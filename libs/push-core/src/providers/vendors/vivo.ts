import { createHash } from 'node:crypto';
import type { SendResult } from '../provider.js';
import { codeOf, isObject, judge } from './answer.js';
import { callbackParam } from './callback.js';
import { asAccess, refusedAccess } from './client-credentials.js';
import { createVendor } from './create-factory.js';
import type { Answer, Content, Dialect, Line, Made, Parcel, Posted, Reading } from './dialect.js';
import { CHINA_MS } from './meaning.js';
import { shareOf } from './names.js';
import { appText, nothingToShow, textsOf, timeLeft } from './texts.js';
import { VIVO_CODES, vivoInvalidUser } from './vivo-results.js';

const LASTS_MS = 24 * 3600_000;

/** vivo and iQOO phones. */
const dialect: Dialect = {
  name: 'vivo',
  traits: {
    batch: 200,
    perSecond: 3000,
    dayOffsetMs: CHINA_MS,
    hours: { marketing: [7, 23] },
  },
  fields: {
    appId: { required: true, hint: 'vivo push console → App → AppID' },
    appKey: { required: true, hint: 'vivo push console → App → AppKey' },
    appSecret: { required: true, hint: 'vivo push console → App → AppSecret' },
    categoryIm: { fallback: 'IM', hint: 'the category applied for; "none" where there is none' },
    categoryMarketing: { fallback: 'MARKETING', hint: 'the category applied for; "none" where there is none' },
    pushMode: { fallback: '0', oneOf: ['0', '1'], hint: '1: to test devices only' },
    callback: { hint: 'address vivo tells receipts to' },
  },
  endpoint: 'https://api-push.vivo.com.cn',
  // It lasts a day; the vendor wants it fetched anew every hour or two.
  access: { refreshAfterMs: 90 * 60_000, make: authenticate },
  tokensAtOnce: 1000,
  together: 'equal',

  compose(notification, credentials, now) {
    const texts = textsOf(notification, { title: 40, body: 100, unit: 'cells' });
    if (!texts) return nothingToShow;
    const im = notification.messageClass === 'im';
    const category = im ? credentials.categoryIm : credentials.categoryMarketing;
    return {
      kind: 'draft',
      content: {
        title: texts.title,
        content: texts.body,
        notifyType: 4,
        timeToLive: timeLeft(notification, now, 1000, 60, 7 * 24 * 3600),
        skipType: 1,
        networkType: -1,
        clientCustomMap: { push: appText(notification.data, 800) },
        classification: im ? 1 : 0,
        ...(category !== 'none' && { category }),
        pushMode: Number(credentials.pushMode ?? '0'),
      },
    };
  },

  deliver: (parcel, line) => (parcel.items.length === 1 ? toOne(parcel, line) : toList(parcel, line)),
};

const post = (line: Line, path: string, json: Posted['json']): Promise<Answer> =>
  line.post(path, { headers: { authToken: line.access }, json });

/** `requestId`: what comes again with the same one is not shown again. Receipts are told of single sends only. */
async function toOne(parcel: Parcel, line: Line): Promise<Reading> {
  const [item] = parcel.items;
  const { callback, appSecret = '' } = line.credentials;
  const extra = callback && { callback, 'callback.param': callbackParam(parcel.key, appSecret) };
  const answer = await post(line, '/message/send', {
    regId: item?.token,
    ...item?.content,
    requestId: parcel.key,
    ...(extra && { extra }),
  });
  return read(answer, parcel, line.now);
}

/** In two steps: nothing has been shown to anybody before the second. */
async function toList(parcel: Parcel, line: Line): Promise<Reading> {
  const saved = await post(line, '/message/saveListPayload', { ...parcel.items[0]?.content, requestId: parcel.key });
  const taskId = saved.kind === 'answered' && codeOf(saved.json.result) === '0' ? codeOf(saved.json.taskId) : '';
  if (taskId === '') {
    const reading = read(saved, parcel, line.now);
    return reading === 'stale_access' ? reading : reading.map(notSent);
  }
  const regIds = parcel.items.map(({ token }) => token);
  return read(
    await post(line, '/message/pushToList', { regIds, taskId, requestId: parcel.key }),
    parcel,
    line.now,
    taskId,
  );
}

function notSent(result: SendResult): SendResult {
  if (result.kind === 'unknown_after_write') return { kind: 'transient', reason: result.reason };
  // Saved, and without a name to send it by.
  return result.kind === 'accepted' ? { kind: 'transient', reason: 'no_task' } : result;
}

function read(answer: Answer, parcel: Parcel, now: number, taskId?: string): Reading {
  const { items } = parcel;
  if (answer.kind === 'failed') return answer.unauthorized ? 'stale_access' : items.map(() => answer.result);
  const ruling = judge(answer, codeOf(answer.json.result), VIVO_CODES, now);
  if (ruling === 'stale_access') return ruling;
  const invalid = invalidUsers(answer.json);
  const id = taskId ?? codeOf(answer.json.taskId);
  return items.map(({ token }): SendResult => {
    const status = invalid.get(token);
    if (status !== undefined) {
      const meaning = vivoInvalidUser(status) === 'token_invalid' ? 'token_invalid' : 'token_suspect';
      return { kind: meaning, reason: `invalid_user_${status}`.replace(/_$/, '').slice(0, 40) };
    }
    return ruling === 'accepted' ? { kind: 'accepted', providerId: shareOf(id, token, parcel) } : ruling;
  });
}

/** `invalidUsers` of a list, `invalidUser` of a single send: the id, and what is wrong with it. */
function invalidUsers({ invalidUsers: many, invalidUser: one }: Content): ReadonlyMap<string, string> {
  const all = [...(Array.isArray(many) ? (many as unknown[]) : []), one].filter(isObject);
  return new Map(all.map((user) => [codeOf(user.userid), codeOf(user.status)]));
}

async function authenticate(line: Line): Promise<Made> {
  const { appId = '', appKey = '', appSecret = '' } = line.credentials;
  const timestamp = String(line.now);
  const sign = createHash('md5')
    .update(appId + appKey + timestamp + appSecret)
    .digest('hex');
  const answer = await line.post('/message/auth', { to: 'auth', json: { appId, appKey, timestamp: line.now, sign } });
  if (answer.kind === 'failed') return { kind: 'failed', result: asAccess(answer.result) };
  const value = answer.json.authToken;
  if (typeof value === 'string' && value !== '') return { kind: 'made', value, expiresAt: line.now + LASTS_MS };
  return { kind: 'failed', result: refusedAccess(answer, codeOf(answer.json.result), VIVO_CODES, line.now) };
}

export const vivo = createVendor(dialect);
