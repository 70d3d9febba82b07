import type { ConsumeMessage } from 'amqplib';
import type { Work } from 'push-core';
import type { Opening } from './lane.js';
import { PUBLICATION_HEADER } from './publisher.js';

/** A message in hand, and the amqpChannel it can be answered on. */
export interface Delivery {
  readonly message: ConsumeMessage;
  readonly opening: Opening;
}

export function workOf({ content, properties, fields }: ConsumeMessage): Work {
  const headers: Record<string, string> = {};
  const given = (properties.headers ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(given)) {
    if (name === 'x-delivery-count' || name === PUBLICATION_HEADER) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      headers[name] = String(value);
    }
  }
  const { replyTo, correlationId, messageId } = properties as {
    readonly [field in 'replyTo' | 'correlationId' | 'messageId']?: string;
  };
  if (messageId) headers['message-id'] = messageId;
  const attempts = attemptsOf(given['x-delivery-count'], fields.redelivered);
  return { body: content, headers, attempts, replyTo, correlationId };
}

/** Replicated queues count how often a message came back; others say only that it did. */
function attemptsOf(count: unknown, redelivered: boolean): number {
  return typeof count === 'number' ? count + 1 : redelivered ? 2 : 1;
}

/** Each answers only while the amqpChannel it came on is good: a late one would close the next. */
export function acknowledge({ message, opening }: Delivery): void {
  if (opening.live) opening.amqpChannel.ack(message);
}

export function giveBack({ message, opening }: Delivery): void {
  if (opening.live) opening.amqpChannel.nack(message, false, true);
}
