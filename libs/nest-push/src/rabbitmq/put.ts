import { PushError, type NewWork } from 'push-core';
import type { Publication, PublishOutcome } from './publisher.js';
import { unavailable } from './trouble.js';

/** Far below what the broker takes, beyond which it closes the amqpChannel over others' work. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** The broker would send the message to more queues. */
const ROUTING_HEADERS = ['CC', 'BCC'];

export function encodeWork(key: string, { body, headers, replyTo, correlationId }: NewWork): Publication {
  if (body.byteLength > MAX_BODY_BYTES) {
    throw new PushError('TOO_LARGE', `A piece of work has ${MAX_BODY_BYTES} bytes at most`, { field: 'body' });
  }
  for (const name of ROUTING_HEADERS) {
    if (headers?.[name] === undefined) continue;
    throw new PushError('INVALID', `"headers" must not hold ${name}`, { field: 'headers' });
  }
  return {
    exchange: '',
    key,
    body: Buffer.from(body),
    options: { mandatory: true, persistent: true, headers: { ...headers }, replyTo, correlationId },
  };
}

export function putOutcome(
  outcome: Exclude<PublishOutcome, 'confirmed'>,
  withinMs: number,
  trouble?: string,
): PushError {
  switch (outcome) {
    case 'refused':
      return unavailable('The broker refused the work');
    case 'unencodable':
      return new PushError('INVALID', 'The work has a header, or an address, that AMQP cannot carry', {
        field: 'headers',
      });
    case 'crowded':
      return unavailable('Too much work waits for the broker already');
    default:
      return unavailable(
        `Not confirmed by the broker within ${withinMs} ms${trouble === undefined ? '' : `: ${trouble}`}`,
      );
  }
}
