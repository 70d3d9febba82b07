import type { Answer } from './http2-server.js';

export type Refusal = Answer & { readonly status: number; readonly body: object };

export const MAX_AGE_MS = 3_600_000;
const MAX_BYTES = 4096;
const MAX_VOIP_BYTES = 5120;
const PUSH_TYPES = new Set([
  ...['alert', 'background', 'voip', 'complication', 'fileprovider', 'location', 'liveactivity', 'mdm', 'pushtotalk'],
  ...['controls', 'widgets'],
]);

export const no = (status: number, reason: string): Refusal => ({ status, body: { reason } });

/** What Apple checks of the headers, in Apple's words. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Refusal | undefined {
  const {
    'apns-topic': topic,
    'apns-push-type': pushType = '',
    'apns-priority': priority = '10',
    'apns-expiration': expiration = '0',
    'apns-collapse-id': collapseId = '',
    'apns-id': id,
  } = headers;
  if (!topic) return no(400, 'MissingTopic');
  if (!/^[\w.-]+$/.test(topic)) return no(400, 'BadTopic');
  if (!PUSH_TYPES.has(pushType)) return no(400, 'InvalidPushType');
  if (!['1', '5', '10'].includes(priority)) return no(400, 'BadPriority');
  if (pushType === 'background' && priority !== '5') return no(400, 'BadPriority');
  if (!/^\d{1,12}$/.test(expiration)) return no(400, 'BadExpirationDate');
  if (Buffer.byteLength(collapseId) > 64) return no(400, 'BadCollapseId');
  if (id !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return no(400, 'BadMessageId');
  return undefined;
}

export function checkPayload(body: Buffer, pushType: string | undefined): Refusal | undefined {
  if (body.length === 0) return no(400, 'PayloadEmpty');
  if (body.length > (pushType === 'voip' ? MAX_VOIP_BYTES : MAX_BYTES)) return no(413, 'PayloadTooLarge');
  try {
    const value = JSON.parse(body.toString()) as { aps?: unknown } | null;
    if (typeof value?.aps === 'object' && value.aps !== null) return undefined;
  } catch {
    // Said below.
  }
  return no(400, 'PayloadEmpty');
}
