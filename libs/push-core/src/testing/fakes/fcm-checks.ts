import type { Answer } from './http2-server.js';

export interface FcmMessage {
  readonly token: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly notification?: Readonly<Record<string, unknown>>;
  readonly android?: Readonly<Record<string, unknown>>;
  readonly apns?: Readonly<Record<string, unknown>>;
  readonly webpush?: Readonly<Record<string, unknown>>;
}

const MAX_BYTES = 4096;
const FIELDS = ['token', 'data', 'notification', 'android', 'apns', 'webpush', 'fcm_options', 'name'];
const RESERVED = /^(from|message_type|collapse_key|google\.|gcm\.)/;

/** An error in Google's form; `errorCode` is the FcmError's. */
export function fcmError(status: number, general: string, message: string, errorCode?: string, field?: string): Answer {
  const details = [
    ...(errorCode === undefined ? [] : [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }]),
    ...(field === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description: message }] }]),
  ];
  return {
    status,
    body: { error: { code: status, message, status: general, ...(details.length > 0 && { details }) } },
  };
}

const invalid = (field: string, message: string): { readonly kind: 'refused'; readonly answer: Answer } => ({
  kind: 'refused',
  answer: fcmError(400, 'INVALID_ARGUMENT', message, 'INVALID_ARGUMENT', field),
});

export function judgeMessage(
  body: Buffer,
):
  | { readonly kind: 'refused'; readonly answer: Answer }
  | { readonly kind: 'fine'; readonly message: FcmMessage; readonly validateOnly: boolean } {
  let whole: { message?: Record<string, unknown>; validate_only?: boolean };
  try {
    whole = JSON.parse(body.toString()) as typeof whole;
  } catch {
    return invalid('', 'Invalid JSON payload received.');
  }
  const { message } = whole;
  if (typeof message !== 'object' || message === null) return invalid('message', 'The message is missing');
  const unknown = Object.keys(message).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return invalid(`message.${unknown}`, `Unknown name "${unknown}"`);
  const { token, data = {}, notification } = message as { token?: unknown; data?: object; notification?: object };
  if (typeof token !== 'string' || !/^[\w:-]{10,}$/.test(token)) {
    return invalid('message.token', 'The registration token is not a valid FCM registration token');
  }
  for (const [name, value] of Object.entries(data) as [string, unknown][]) {
    if (typeof value !== 'string') return invalid(`message.data[${name}]`, 'Invalid value (TYPE_STRING)');
    if (RESERVED.test(name)) return invalid(`message.data[${name}]`, `Invalid data payload key: ${name}`);
  }
  if (Buffer.byteLength(JSON.stringify({ data, notification })) > MAX_BYTES + 64) {
    return invalid('message', 'Message is too big');
  }
  const wrong = wrongAndroid(message.android);
  if (wrong !== undefined) return invalid(`message.android.${wrong}`, 'Invalid value');
  return { kind: 'fine', message: message as unknown as FcmMessage, validateOnly: whole.validate_only === true };
}

function wrongAndroid(android: unknown): string | undefined {
  if (typeof android !== 'object' || android === null) return undefined;
  const { priority = 'NORMAL', ttl = '0s' } = android as { priority?: unknown; ttl?: unknown };
  if (priority !== 'NORMAL' && priority !== 'HIGH') return 'priority';
  if (typeof ttl !== 'string' || !/^\d+s$/.test(ttl) || parseInt(ttl) > 2_419_200) return 'ttl';
  return undefined;
}
