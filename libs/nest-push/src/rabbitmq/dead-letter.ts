import type { ConsumeMessage, Options } from 'amqplib';
import { PUBLICATION_HEADER } from './publisher.js';

const REASON_LENGTH = 1_000;
/** `CC` and `BCC` would send the letter to more queues; the others tell of the delivery, not of the message. */
const NOT_KEPT = new Set(['CC', 'BCC', 'x-delivery-count', PUBLICATION_HEADER]);

/**
 * The letter's properties and headers are the message's, with the reason beside them. Left out is what would make it expire,
 * or have the broker refuse it for the sender's name.
 */
export function deadLetterOptions({ properties }: ConsumeMessage, reason: string): Options.Publish {
  const { contentType, contentEncoding, priority, correlationId, replyTo, messageId, timestamp, type, appId } =
    properties as unknown as Options.Publish;
  return {
    ...{ contentType, contentEncoding, priority, correlationId, replyTo, messageId, timestamp, type, appId },
    persistent: true,
    headers: { ...keptHeaders(properties.headers), 'x-reason': reason.slice(0, REASON_LENGTH) },
  };
}

/** Where the message's own headers are too much for the driver. */
export const bareLetterOptions = (reason: string): Options.Publish => ({
  persistent: true,
  headers: { 'x-reason': reason.slice(0, REASON_LENGTH) },
});

function keptHeaders(headers: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_KEPT.has(name)));
}
