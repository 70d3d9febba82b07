import { codeOf, isObject, judge, listOf } from './answer.js';
import { callbackParam } from './callback.js';
import { createVendor } from './create-factory.js';
import type { Answer, Dialect, Item, Line, Parcel, Reading } from './dialect.js';
import { CHINA_MS } from './meaning.js';
import { notifyNumber, ownName, shareOf } from './names.js';
import { appData, nothingToShow, textsOf, timeLeft } from './texts.js';
import { namesRegId, XIAOMI_CODES, XIAOMI_SEND_FAILED } from './xiaomi-results.js';

/** delivered, clicked, invalid target, disabled, filtered, quota: all that is told. */
const CALLBACK_TYPES = 1 + 2 + 16 + 32 + 64 + 128;
const DAY_MS = 24 * 3600_000;

/** Xiaomi phones. Pass-through messages are closed: what shows nothing is not taken. */
const dialect: Dialect = {
  name: 'xiaomi',
  traits: { batch: 200, perSecond: 500, perDeviceDay: { marketing: 5 }, dayOffsetMs: CHINA_MS },
  fields: {
    appSecret: { required: true, hint: 'Mi developer console → Push → AppSecret' },
    packageName: { required: true, also: ['restrictedPackageName'], hint: 'the app’s package name' },
    appId: { hint: 'Mi developer console → Push → AppID; not used' },
    appKey: { hint: 'Mi developer console → Push → AppKey; not used' },
    channelIm: { also: ['channelId'], hint: 'id of the channel of private messages' },
    channelMarketing: { hint: 'id of the channel of public messages' },
    callback: { hint: 'address Xiaomi tells receipts to' },
  },
  endpoint: 'https://api.xmpush.xiaomi.com',
  tokensAtOnce: 1000,
  together: 'equal',

  compose(notification, credentials, now) {
    const texts = textsOf(notification, { title: 49, body: 127, unit: 'chars' });
    if (!texts) return nothingToShow;
    const im = notification.messageClass === 'im';
    const channel = im ? credentials.channelIm : credentials.channelMarketing;
    return {
      kind: 'draft',
      content: {
        restricted_package_name: credentials.packageName,
        pass_through: '0',
        title: texts.title,
        description: texts.body,
        payload: appData(notification.data, 4000),
        notify_type: '-1',
        notify_id: String(notifyNumber(notification)),
        time_to_live: String(timeLeft(notification, now, 1, 1000, 14 * DAY_MS)),
        'extra.notify_effect': '1',
        ...(channel && { 'extra.channel_id': channel }),
      },
    };
  },

  deliver: (parcel, line) => send(parcel, line),

  async retract(_token, retraction, line) {
    const id = ownName(retraction.providerId);
    // A message that went to several devices in one request can be taken back from all of them only.
    if (!id) return undefined;
    const { packageName = '' } = line.credentials;
    const answer = await post(line, '/v2/message/revoke', { msg_id: id, restricted_package_name: packageName });
    return read(answer, { items: [{ token: '', content: {}, id }], key: id }, line.now);
  },

  probe(line) {
    const { packageName = '' } = line.credentials;
    const item: Item = {
      token: 'none',
      content: {
        restricted_package_name: packageName,
        pass_through: '0',
        title: 'check',
        description: 'check',
        payload: '',
      },
      id: 'check',
    };
    return send({ items: [item], key: 'check' }, line);
  },
};

const post = (line: Line, path: string, form: Record<string, string>): Promise<Answer> =>
  line.post(path, { headers: { authorization: `key=${line.credentials.appSecret ?? ''}` }, form });

async function send(parcel: Parcel, line: Line): Promise<Reading> {
  const { callback, appSecret = '' } = line.credentials;
  const answer = await post(line, '/v3/message/regid', {
    ...(parcel.items[0]?.content as Record<string, string>),
    registration_id: parcel.items.map(({ token }) => token).join(','),
    ...(callback && {
      'extra.callback': callback,
      'extra.callback.param': callbackParam(parcel.key, appSecret),
      'extra.callback.type': String(CALLBACK_TYPES),
    }),
  });
  return read(answer, parcel, line.now);
}

function read(answer: Answer, parcel: Parcel, now: number): Reading {
  const { items } = parcel;
  if (answer.kind === 'failed') return items.map(() => answer.result);
  const { json } = answer;
  const data = isObject(json.data) ? json.data : {};
  const code = codeOf(json.code);
  if (code === XIAOMI_SEND_FAILED && namesRegId(`${codeOf(json.reason)} ${codeOf(json.description)}`)) {
    return items.map(() => ({ kind: 'token_suspect', reason: code }));
  }
  const ruling = judge(answer, code, XIAOMI_CODES, now);
  if (ruling === 'stale_access') return ruling;
  if (ruling !== 'accepted') return items.map(() => ruling);
  const bad = new Set(listOf(data.bad_regids));
  const id = codeOf(data.id);
  return items.map(({ token }) =>
    bad.has(token)
      ? { kind: 'token_invalid', reason: 'bad_regids' }
      : { kind: 'accepted', providerId: shareOf(id, token, parcel) },
  );
}

export const xiaomi = createVendor(dialect);
