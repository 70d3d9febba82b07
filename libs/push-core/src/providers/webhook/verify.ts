import { timingSafeEqual } from 'node:crypto';
import { readSecrets } from './secrets.js';
import { webhookSignature } from './sign.js';

export type WebhookVerdict =
  /** `id`: whoever handles it must know whether it has been handled before; it may come again with the same one. */
  | { readonly kind: 'genuine'; readonly id: string; /** Unix milliseconds. */ readonly sentAt: number }
  | {
      readonly kind: 'refused';
      readonly reason: 'missing_header' | 'bad_header' | 'too_old' | 'too_new' | 'signature';
    };

export type WebhookRequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_MS = 5 * 60_000;
/** Without a full stop: the signature is over `id.timestamp.body`, and where each ends must be certain. */
const ID = /^[^\s.]{1,256}$/;
const SECONDS = /^\d{1,12}$/;
/** More than anybody signs with; each costs a comparison. */
const MOST_SIGNATURES = 32;
const V1_BYTES = 32;

/**
 * Whether a request is a genuine Standard Webhooks one. Any of `secrets` (`whsec_…`) will do, and any of the request's signatures:
 * both may be replaced at leisure. All are compared, each in constant time. `body` as it came, byte for byte: parsed and written
 * again it is another. `now`: Unix milliseconds. Throws PushError `INVALID` for a secret that is none.
 */
export function verifyWebhook(
  secrets: readonly string[],
  headers: WebhookRequestHeaders,
  body: string | Uint8Array,
  now: number,
  toleranceMs = TOLERANCE_MS,
): WebhookVerdict {
  const keys = readSecrets(secrets, 'secrets');
  const [id, timestamp, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name),
  );
  if (id === undefined || timestamp === undefined || given === undefined) {
    return { kind: 'refused', reason: 'missing_header' };
  }
  const signatures = given.split(' ');
  if (!ID.test(id) || !SECONDS.test(timestamp) || signatures.length > MOST_SIGNATURES) {
    return { kind: 'refused', reason: 'bad_header' };
  }
  const sentAt = Number(timestamp) * 1000;
  if (sentAt < now - toleranceMs) return { kind: 'refused', reason: 'too_old' };
  if (sentAt > now + toleranceMs) return { kind: 'refused', reason: 'too_new' };

  const expected = keys.map((key) => webhookSignature(key, id, Number(timestamp), body));
  const matches = signatures.flatMap((signature) => expected.filter((one) => isSame(signature, one)));
  return matches.length > 0 ? { kind: 'genuine', id, sentAt } : { kind: 'refused', reason: 'signature' };
}

function isSame(signature: string, expected: Buffer): boolean {
  const [version, text] = signature.split(',', 2);
  if (version !== 'v1' || text === undefined) return false;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === V1_BYTES && timingSafeEqual(bytes, expected);
}

/** Undefined also where it came twice: whose would count? Names in any case. */
function headerOf(headers: WebhookRequestHeaders, name: string): string | undefined {
  const values = Object.keys(headers)
    .filter((key) => key.toLowerCase() === name)
    .flatMap((key) => headers[key] ?? []);
  const [value] = values;
  return values.length === 1 && value !== '' ? value : undefined;
}
