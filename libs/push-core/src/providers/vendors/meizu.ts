import { createHash } from 'node:crypto';
import type { SendResult } from '../provider.js';
import { codeOf, isObject, judge, listOf, unknownCode } from './answer.js';
import { callbackParam } from './callback.js';
import { createVendor } from './create-factory.js';
import type { Answer, Dialect, Item, Line, Parcel, Reading } from './dialect.js';
import { CHINA_MS, toResult } from './meaning.js';
import { MEIZU_CODES, MEIZU_TARGET_CODES } from './meizu-results.js';
import { notifyKey, shareOf } from './names.js';
import { appText, nothingToShow, textsOf, timeLeft } from './texts.js';

const HOUR_MS = 3600_000;

/** Meizu phones. */
const dialect: Dialect = {
  name: 'meizu',
  traits: { batch: 100, perSecond: 200, dayOffsetMs: CHINA_MS },
  fields: {
    appId: { required: true, hint: 'Flyme push console → App → App ID' },
    appSecret: { required: true, hint: 'Flyme push console → App → App Secret' },
    callback: { hint: 'address Meizu tells receipts to; registered in its console' },
  },
  endpoint: 'https://server-api-push.meizu.com',
  // The vendor's page says 100, older SDKs 1000.
  tokensAtOnce: 100,
  together: 'equal',

  compose(notification, _credentials, now) {
    const texts = textsOf(notification, { title: 32, body: 100, unit: 'chars' });
    if (!texts) return nothingToShow;
    return {
      kind: 'draft',
      content: {
        noticeBarInfo: { noticeBarType: 0, title: texts.title, content: texts.body },
        clickTypeInfo: { clickType: 0, parameters: { push: appText(notification.data, 1000) } },
        pushTimeInfo: { offLine: 1, validTime: timeLeft(notification, now, HOUR_MS, 1, 72) },
        advanceInfo: { notifyKey: notifyKey(notification) },
      },
    };
  },

  deliver: (parcel, line) => send(parcel, line),

  probe(line) {
    const content = {
      noticeBarInfo: { noticeBarType: 0, title: 'check', content: 'check' },
      pushTimeInfo: { offLine: 0 },
    };
    const item: Item = { token: 'none', content, id: 'check' };
    return send({ items: [item], key: 'check' }, line);
  },
};

async function send(parcel: Parcel, line: Line): Promise<Reading> {
  const { appId = '', appSecret = '', callback } = line.credentials;
  const extra = callback && { callback, 'callback.param': callbackParam(parcel.key, appSecret), 'callback.type': 3 };
  const form = {
    appId,
    messageJson: JSON.stringify({ ...parcel.items[0]?.content, ...(extra && { extra }) }),
    pushIds: parcel.items.map(({ token }) => token).join(','),
  };
  const answer = await line.post('/garcia/api/server/push/varnished/pushByPushId', {
    form: { ...form, sign: meizuSign(form, appSecret) },
  });
  return read(answer, parcel, line.now);
}

/** Names and values in the order of the names, then the secret. */
export function meizuSign(form: Readonly<Record<string, string>>, secret: string): string {
  const text = Object.keys(form)
    .sort()
    .map((name) => `${name}=${form[name] ?? ''}`)
    .join('');
  return createHash('md5')
    .update(text + secret)
    .digest('hex');
}

function read(answer: Answer, parcel: Parcel, now: number): Reading {
  const { items } = parcel;
  if (answer.kind === 'failed') return items.map(() => answer.result);
  const ruling = judge(answer, codeOf(answer.json.code), MEIZU_CODES, now);
  if (ruling === 'stale_access') return ruling;
  if (ruling !== 'accepted') return items.map(() => ruling);
  const { value } = answer.json;
  const inner = isObject(value) ? value : {};
  const id = codeOf(answer.json.msgId) || codeOf(inner.msgId);
  const bad = codesByToken(isObject(inner.respTarget) ? inner.respTarget : inner);
  return items.map(({ token }): SendResult => {
    const code = bad.get(token);
    if (code === undefined) return { kind: 'accepted', providerId: shareOf(id, token, parcel) };
    const meaning = Object.hasOwn(MEIZU_TARGET_CODES, code) ? MEIZU_TARGET_CODES[code] : undefined;
    if (meaning === undefined || meaning === 'accepted' || meaning === 'stale_access') {
      return { kind: 'transient', reason: unknownCode(code) };
    }
    return toResult({ meaning, reason: code }, now);
  });
}

/** Only the ids that were not taken are told, by code. */
function codesByToken(lists: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(lists)
      .filter(([code]) => /^\d+$/.test(code))
      .flatMap(([code, tokens]) => listOf(tokens).map((token): [string, string] => [token, code])),
  );
}

export const meizu = createVendor(dialect);
