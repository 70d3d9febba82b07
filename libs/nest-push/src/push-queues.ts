import { Inject, Injectable, Optional } from '@nestjs/common';
import { PushError, type Queue } from 'push-core';
import { PUSH_QUEUE } from './tokens.js';

/** Puts work where `@PushConsumer` methods take it from. */
@Injectable()
export class PushQueues {
  constructor(@Optional() @Inject(PUSH_QUEUE) private readonly queue?: Queue) {}

  /** Resolves when the work is durable. `payload`: any JSON. Throws BROKER_UNAVAILABLE, retryable; INVALID without RabbitMQ. */
  async put(queue: string, payload: unknown, headers?: Readonly<Record<string, string>>): Promise<void> {
    if (!this.queue)
      throw new PushError(
        'INVALID',
        "PushQueues needs RabbitMQ: give PushModule the option rabbitmq: { url: 'amqp://…' }",
        {
          field: 'rabbitmq',
        },
      );
    await this.queue.put(queue, [{ body: Buffer.from(JSON.stringify(payload ?? null)), headers }]);
  }
}
