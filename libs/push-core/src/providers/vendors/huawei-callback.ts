import { createHmac, timingSafeEqual } from 'node:crypto';
import { codeOf, isObject, parseJson } from './answer.js';
import { bothNames, secretOf, type CallbackEvent, type ParseCallback } from './callback.js';

const TOLERANCE_MS = 5 * 60_000;

/** What a receipt says. Those not here: not shown, for the reason that the number names. */
const RECEIPTS: Readonly<Record<string, CallbackEvent['kind']>> = {
  '0': 'shown',
  // The app is not installed; the token is another user's of the phone.
  '2': 'token_invalid',
  '5': 'token_invalid',
};

/** Receipts of HMS (v1) and of HarmonyOS (v2), signed with the user name and the key set for them. */
export const parseHuaweiCallback: ParseCallback = (headers, body, { callbackUser, callbackSecret }, now) => {
  const user = secretOf(callbackUser);
  const secret = secretOf(callbackSecret);
  if (user === '' || secret === '') return { kind: 'refused', reason: 'not_configured' };
  const signature = readSignature(headers['x-huawei-callback-id'] ?? '');
  if (!signature || !isSigned(signature, user, secret)) return { kind: 'refused', reason: 'signature' };
  if (Math.abs(now - atOf(signature.timestamp)) > TOLERANCE_MS) return { kind: 'refused', reason: 'too_old' };
  const json = parseJson(body);
  if (!isObject(json) || !Array.isArray(json.statuses)) return { kind: 'refused', reason: 'unreadable' };
  return { kind: 'events', events: json.statuses.filter(isObject).map(toEvent) };
};

interface Signature {
  readonly timestamp: string;
  readonly nonce: string;
  readonly value: string;
}

/** `timestamp=…; nonce=…; value=…`, where the value may have `=` in it. */
function readSignature(header: string): Signature | undefined {
  const parts = new Map(
    header.split(';').map((part): [string, string] => {
      const at = part.indexOf('=');
      return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
    }),
  );
  const [timestamp, nonce, value] = [parts.get('timestamp'), parts.get('nonce'), parts.get('value')];
  return timestamp && /^\d{10,13}$/.test(timestamp) && nonce && value ? { timestamp, nonce, value } : undefined;
}

function isSigned({ timestamp, nonce, value }: Signature, user: string, secret: string): boolean {
  const wanted = createHmac('sha256', secret)
    .update(timestamp + nonce + user)
    .digest();
  const given = Buffer.from(value, 'base64');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Milliseconds by the page; seconds have been seen. */
const atOf = (timestamp: string): number => Number(timestamp) * (timestamp.length <= 10 ? 1000 : 1);

function toEvent(status: Readonly<Record<string, unknown>>): CallbackEvent {
  const delivery = isObject(status.deliveryStatus) ? status.deliveryStatus : status;
  const code = codeOf(delivery.result ?? delivery.status);
  const token = codeOf(status.token);
  const id = codeOf(status.requestId ?? status.requestid);
  const tag = codeOf(status.biTag);
  const at = Number(delivery.timestamp);
  return {
    kind: (Object.hasOwn(RECEIPTS, code) ? RECEIPTS[code] : undefined) ?? 'not_shown',
    reason: code,
    notificationId: tag === '' ? undefined : tag,
    providerIds: bothNames(id, token),
    token,
    at: at > 0 ? at : undefined,
  };
}
