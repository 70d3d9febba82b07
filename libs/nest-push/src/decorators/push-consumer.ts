import { PushError } from 'push-core';
import { PUSH_CONSUMER, type ConsumerMetadata } from './metadata.js';

/** What became of a piece of work. */
export type ConsumerOutcome =
  /** Acknowledged; `reply` is sent where there is a `replyTo`. */
  | { readonly kind: 'done'; readonly reply?: unknown }
  /** Handed out again after a pause, 20 times in all. */
  | { readonly kind: 'retry' }
  /** Kept among the dead letters of its queue. */
  | { readonly kind: 'dead'; readonly reason: string };

const OUTCOME = Symbol.for('nest-push.outcome');

const outcome = (what: ConsumerOutcome): ConsumerOutcome => Object.defineProperty(what, OUTCOME, { value: true });

export const done = (reply?: unknown): ConsumerOutcome => outcome({ kind: 'done', reply });
export const retry = (): ConsumerOutcome => outcome({ kind: 'retry' });
export const dead = (reason: string): ConsumerOutcome => outcome({ kind: 'dead', reason });

/** A value that a handler returned: one of the three above, or the reply. */
export const outcomeOf = (returned: unknown): ConsumerOutcome => (isOutcome(returned) ? returned : done(returned));

const isOutcome = (value: unknown): value is ConsumerOutcome =>
  typeof value === 'object' && value !== null && OUTCOME in value;

export interface PushConsumerOptions {
  /** So many are worked on at once. 1–65535, default 10. */
  readonly inHand?: number;
}

/**
 * The method takes work from a durable queue of RabbitMQ, at least once: `push.<queue>`, with `push.<queue>.dead` for what
 * failed. It answers with `done()`, `retry()` or `dead('why')`; anything else is `done` with that as the reply. A thrown
 * HttpException with a status of 400–499 (a pipe's, for instance) makes it dead, all else is a `retry`.
 */
export function PushConsumer(queue: string, { inHand = 10 }: PushConsumerOptions = {}): MethodDecorator {
  if (!Number.isInteger(inHand) || inHand < 1 || inHand > 65_535)
    throw new PushError('INVALID', `@PushConsumer('${queue}'): inHand must be a whole number from 1 to 65535`, {
      field: 'inHand',
    });
  const metadata: ConsumerMetadata = { queue, inHand };
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(PUSH_CONSUMER, metadata, descriptor.value as unknown as object);
  };
}
