import type { ProviderName } from '../provider.js';
import { codeOf, isObject, parseJson } from './answer.js';
import { bothNames, readParam, secretOf, type CallbackEvent, type ParseCallback } from './callback.js';
import { parseHuaweiCallback } from './huawei-callback.js';
import { readTargets } from './targets-callback.js';

type Kinds = Readonly<Record<string, CallbackEvent['kind']>>;

const kindIn = (kinds: Kinds, code: string): CallbackEvent['kind'] | undefined =>
  Object.hasOwn(kinds, code) ? kinds[code] : undefined;

const XIAOMI_TYPES: Kinds = {
  '1': 'shown',
  '2': 'opened',
  // Uninstalled, or away for 90 days.
  '16': 'token_invalid',
  '32': 'not_shown',
  '64': 'not_shown',
  '128': 'not_shown',
};

/** A form with `data`: JSON. */
export const parseXiaomiCallback: ParseCallback = (_headers, body, { appSecret }) =>
  readTargets(parseJson(fieldOf(body, 'data')), {
    secret: secretOf(appSecret),
    kindOf: (entry) => named(XIAOMI_TYPES, codeOf(entry.type)),
  });

/** JSON. It tells of what was shown, and of nothing else. */
export const parseVivoCallback: ParseCallback = (_headers, body, { appSecret }) =>
  readTargets(parseJson(body), {
    secret: secretOf(appSecret),
    kindOf: () => ({ kind: 'shown', reason: 'shown' }),
  });

const MEIZU_TYPES: Kinds = { '1': 'shown', '2': 'opened' };

/** A form with `cb`: JSON, whose entries are named `<msgId>-<type>`. */
export const parseMeizuCallback: ParseCallback = (_headers, body, { appSecret }) =>
  readTargets(parseJson(fieldOf(body, 'cb')), {
    secret: secretOf(appSecret),
    kindOf: (entry) => named(MEIZU_TYPES, codeOf(entry.type)),
    idOf: (name) => name.replace(/-\d+$/, ''),
  });

const OPPO_EVENTS: Kinds = {
  push_arrive: 'shown',
  push_click: 'opened',
  regid_invalid: 'token_invalid',
  user_daily_limit: 'not_shown',
};

/** A JSON list of events. */
export const parseOppoCallback: ParseCallback = (_headers, body, { masterSecret }) => {
  const json = parseJson(body);
  if (!Array.isArray(json)) return { kind: 'refused', reason: 'unreadable' };
  const secret = secretOf(masterSecret);
  const entries = json.filter(isObject);
  const known = entries.filter((entry) => readParam(entry.param, secret) !== undefined);
  if (known.length === 0) return { kind: 'refused', reason: 'signature' };
  const events = known.flatMap((entry): CallbackEvent[] => {
    const said = named(OPPO_EVENTS, codeOf(entry.eventType));
    if (!said) return [];
    const at = Number(codeOf(entry.eventTime));
    const tokens = codeOf(entry.registrationIds).split(',').filter(Boolean);
    return tokens.map((token) => ({
      ...said,
      notificationId: readParam(entry.param, secret),
      providerIds: bothNames(codeOf(entry.messageId), token),
      token,
      at: at > 0 ? at : undefined,
    }));
  });
  return { kind: 'events', events };
};

function named(kinds: Kinds, code: string): Pick<CallbackEvent, 'kind' | 'reason'> | undefined {
  const kind = kindIn(kinds, code);
  return kind && { kind, reason: code };
}

/** Of a form; or the whole of it where the vendor posts it bare. */
const fieldOf = (body: string, name: string): string => new URLSearchParams(body).get(name) ?? body;

/** By provider. Honor and the others that are not here tell nothing, or nothing that could be verified. */
export const vendorCallbacks: Readonly<Partial<Record<ProviderName, ParseCallback>>> = Object.freeze({
  hms: parseHuaweiCallback,
  harmony: parseHuaweiCallback,
  xiaomi: parseXiaomiCallback,
  oppo: parseOppoCallback,
  vivo: parseVivoCallback,
  meizu: parseMeizuCallback,
});
