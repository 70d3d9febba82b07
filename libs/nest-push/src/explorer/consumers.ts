import { Logger } from '@nestjs/common';
import { PushError, type Consumer, type Queue, type Work, type WorkOutcome } from 'push-core';
import { PUSH_CONSUMER } from '../decorators/metadata.js';
import type { PushContext } from '../decorators/parameters.js';
import { outcomeOf } from '../decorators/push-consumer.js';
import type { FoundMethod, PushExplorer } from './explorer.js';
import type { Handled, HandlerFactory } from './handler.js';
import { readQueued, replyBody, type Queued } from './queued.js';

/** `@PushConsumer` methods, none of them served yet. Throws INVALID where there are some and no queue. */
export function findConsumers(queue: Queue | undefined, explorer: PushExplorer): readonly FoundConsumer[] {
  const found = explorer.methods(PUSH_CONSUMER, '@PushConsumer');
  const [first] = found;
  if (first && !queue) throw missingQueue(first);
  return found;
}

type FoundConsumer = FoundMethod<typeof PUSH_CONSUMER>;

export function consume(queue: Queue, found: FoundConsumer, handlers: HandlerFactory): Consumer {
  const { metadata, className, method } = found;
  const logger = new Logger('PushConsumer');
  const handle = handlers.create(found);
  return queue.consume(metadata.queue, { inHand: metadata.inHand }, async (work) => {
    const queued = readQueued(work.body);
    if (queued.kind === 'unreadable') return { kind: 'dead', reason: queued.reason };
    const handled = await handle(queued.payload, contextOf(metadata.queue, work));
    if (handled.kind === 'failed' && !handled.recovered)
      logger.warn(`${className}.${method} failed on work of ${metadata.queue}: ${messageOf(handled.error)}`);
    return ending(handled, queued, work);
  });
}

function contextOf(queue: string, { headers, attempts }: Work): PushContext {
  return { kind: 'consumer', name: queue, tenant: headers['x-tenant'], attempt: attempts, headers };
}

function ending(handled: Handled, queued: Queued, work: Work): WorkOutcome {
  const reply = (value: unknown, failed?: string): Uint8Array | undefined =>
    work.replyTo === undefined ? undefined : replyBody(queued, value, failed);
  if (handled.kind === 'failed' && !handled.recovered) {
    if (!isHopeless(handled.error)) return { kind: 'again' };
    const reason = messageOf(handled.error);
    return { kind: 'dead', reason, reply: reply(undefined, reason) };
  }
  const outcome = outcomeOf(handled.kind === 'failed' ? handled.recovered?.value : handled.value);
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done', reply: reply(outcome.reply) };
    case 'retry':
      return { kind: 'again' };
    case 'dead':
      return { kind: 'dead', reason: outcome.reason, reply: reply(undefined, outcome.reason) };
  }
}

/** What a pipe or a guard refused will be refused the next time too. */
const isHopeless = (error: unknown): boolean => {
  const status = (error as { getStatus?: () => number } | undefined)?.getStatus?.() ?? 500;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
};

/** Nest's validation tells the fields in its response, not in its message. */
function messageOf(error: unknown): string {
  const response = (error as { getResponse?: () => unknown } | undefined)?.getResponse?.() as
    { readonly message?: unknown } | undefined;
  const told = response?.message ?? (error instanceof Error ? error.message : error);
  return (Array.isArray(told) ? told.join('; ') : String(told)).slice(0, 500);
}

const missingQueue = ({ className, method, metadata }: FoundConsumer): PushError =>
  new PushError(
    'INVALID',
    `${className}.${method} has @PushConsumer('${metadata.queue}'), which takes its work from RabbitMQ: give PushModule the option rabbitmq: { url: 'amqp://…' }; in tests import PushTestingModule`,
    { field: 'rabbitmq' },
  );
