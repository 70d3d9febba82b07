import { createHmac } from 'node:crypto';

/** The signature of one secret over a request: 32 bytes. */
export function webhookSignature(secret: Buffer, id: string, seconds: number, body: string | Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${id}.${seconds}.`).update(body).digest();
}

/**
 * The headers of a Standard Webhooks request. Every secret signs, so that the receiver may change from one to the next when it likes.
 * `id` is the same through all retries.
 */
export function webhookHeaders(
  secrets: readonly Buffer[],
  id: string,
  now: number,
  body: string | Uint8Array,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(now / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets
      .map((secret) => `v1,${webhookSignature(secret, id, seconds, body).toString('base64')}`)
      .join(' '),
  };
}
