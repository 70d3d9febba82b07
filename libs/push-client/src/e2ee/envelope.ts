import { fromBase64Url, joined, toBase64Url } from './bytes.js';
import { CONTENT_KEY_BYTES, POINT_BYTES, SIGNATURE_BYTES, TAG_BYTES } from './primitives.js';
import { isName, isTime, only } from './shape.js';

/** What a sealed message's `data` is. The server and the providers see this. */
export interface SealedData {
  readonly e2ee: 1;
  /** Random, chosen by the sender. */
  readonly id: string;
  readonly from: { readonly user: string; readonly device: string; readonly identity: string };
  /** Sender's clock, Unix milliseconds; each later than the one before of that device. */
  readonly at: number;
  /** The sender's key of this message alone. */
  readonly eph: string;
  /** For each device: the name of its key, and the content key wrapped for it. */
  readonly to: readonly (readonly [keyId: string, wrapped: string])[];
  readonly box: string;
  readonly sig: string;
}

/** The same, read. */
export interface Envelope {
  readonly id: string;
  readonly from: { readonly user: string; readonly device: string; readonly identity: string };
  readonly at: number;
  readonly eph: Uint8Array;
  readonly to: readonly { readonly keyId: string; readonly wrapped: Uint8Array }[];
  readonly box: Uint8Array;
  readonly sig: Uint8Array;
}

/** What travels beside the sealed data and is bound to it: in another thread, or as another type, it does not open. */
export interface Place {
  readonly type: string;
  readonly thread?: string;
}

export type ReadEnvelope =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'notSealed' }
  /** Sealed by a later version. */
  | { readonly kind: 'unsupported'; readonly version: unknown }
  | { readonly kind: 'malformed' };

const KEY_ID = /^[\w-]{22}$/;

export function writeEnvelope({ id, from, at, eph, to, box, sig }: Envelope): SealedData {
  return {
    e2ee: 1,
    id,
    from: { user: from.user, device: from.device, identity: from.identity },
    at,
    eph: toBase64Url(eph),
    to: to.map(({ keyId, wrapped }) => [keyId, toBase64Url(wrapped)] as const),
    box: toBase64Url(box),
    sig: toBase64Url(sig),
  };
}

export function readEnvelope(data: unknown): ReadEnvelope {
  if (typeof data !== 'object' || data === null || !('e2ee' in data)) return { kind: 'notSealed' };
  if (data.e2ee !== 1) return { kind: 'unsupported', version: data.e2ee };
  const envelope = strictly(data);
  return envelope === undefined ? { kind: 'malformed' } : { kind: 'envelope', envelope };
}

function strictly(data: object): Envelope | undefined {
  const { id, from: sender, at, eph, to, box, sig } = only(data, FIELDS) ?? {};
  const from = only(sender, ['user', 'device', 'identity']);
  if (from === undefined || !isName(from.user) || !isName(from.device) || !isKeyId(from.identity)) return undefined;
  if (!isKeyId(id) || !isTime(at) || !Array.isArray(to)) return undefined;
  const recipients = to.map(recipient);
  const [ephBytes, boxBytes, sigBytes] = [eph, box, sig].map(bytesOf);
  if (ephBytes?.length !== POINT_BYTES || sigBytes?.length !== SIGNATURE_BYTES || boxBytes === undefined) {
    return undefined;
  }
  if (!recipients.every((one) => one !== undefined)) return undefined;
  const { user, device, identity } = from;
  return { id, from: { user, device, identity }, at, eph: ephBytes, to: recipients, box: boxBytes, sig: sigBytes };
}

const FIELDS = ['e2ee', 'id', 'from', 'at', 'eph', 'to', 'box', 'sig'];

function recipient(given: unknown): Envelope['to'][number] | undefined {
  if (!Array.isArray(given) || given.length !== 2) return undefined;
  const [keyId, wrapped] = [given[0] as unknown, bytesOf(given[1])];
  if (!isKeyId(keyId) || wrapped?.length !== CONTENT_KEY_BYTES + TAG_BYTES) return undefined;
  return { keyId, wrapped };
}

const isKeyId = (given: unknown): given is string => typeof given === 'string' && KEY_ID.test(given);
const bytesOf = (given: unknown): Uint8Array | undefined =>
  typeof given === 'string' ? fromBase64Url(given) : undefined;

type Head = Pick<Envelope, 'id' | 'from' | 'at' | 'eph'>;

/** What the message is, whoever it is for: bound to content, to every wrapped key and to the signature. */
const head = ({ id, from, at, eph }: Head, { type, thread = '' }: Place): Uint8Array =>
  joined(id, from.user, from.device, from.identity, String(at), eph, type, thread);

export const boxContext = (message: Head, place: Place): Uint8Array =>
  joined('nest-push e2ee 1 box', head(message, place));

export const wrapContext = (
  message: Head,
  place: Place,
  to: { readonly user: string; readonly device: string; readonly keyId: string },
): Uint8Array => joined('nest-push e2ee 1 wrap', head(message, place), to.user, to.device, to.keyId);

/** All of it: nothing can be changed, taken away or added, by a recipient who knows the content key either. */
export const signedPart = (message: Omit<Envelope, 'sig'>, place: Place): Uint8Array =>
  joined(
    'nest-push e2ee 1 signature',
    head(message, place),
    joined(...message.to.flatMap(({ keyId, wrapped }) => [keyId, wrapped])),
    message.box,
  );
