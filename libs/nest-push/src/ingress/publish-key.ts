import { createHash, randomUUID } from 'node:crypto';
import type { Work } from 'push-core';
import type { NestEnvelope } from './nest-envelope.js';

/** Shorter ids of a Nest packet were written by hand, and may come again with another one. */
const TELLING_ID = 16;

/**
 * The idempotency key of a publish that has none. The broker may hand a piece of work out twice; where the publisher gave
 * it a name (the AMQP property `message-id`, or the id of a question asked through Nest), both times count once: the key is
 * of that name and the body together, so that names used carelessly for other bodies merge nothing. Without a name it is
 * of this hand-out alone: its repetitions count once, another hand-out cannot be told from another publish.
 */
export function publishKey({ headers, body }: Work, envelope: NestEnvelope | undefined): string {
  const name = headers['message-id'] || packetId(envelope);
  if (!name) return `amqp:${randomUUID()}`;
  return `amqp:${createHash('sha256').update(JSON.stringify(name)).update(body).digest('base64url')}`;
}

function packetId(envelope: NestEnvelope | undefined): string | undefined {
  const id = envelope?.id;
  return typeof id === 'string' && id.length >= TELLING_ID ? id : undefined;
}
