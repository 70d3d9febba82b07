import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connect, type Channel, type ChannelModel, type ConsumeMessage, type GetMessage, type Options } from 'amqplib';
import { PUSH, PushModule, type PushModuleOptions } from 'nest-push';
import { createMemoryStore, type Push } from 'push-core';
import { eventually } from './eventually.js';

const ANSWER_MS = 60_000;

export interface Answer {
  readonly body: unknown;
  readonly correlationId: unknown;
}

/** An application that takes publishes from a broker, under a prefix of its own, and another service that publishes. */
export class IngressSite {
  readonly tenant = 't1';

  private constructor(
    readonly prefix: string,
    private readonly app: INestApplicationContext,
    private readonly connection: ChannelModel,
    readonly amqpChannel: Channel,
  ) {}

  /** The application reaches the broker at `through`; the other service always at `url`. */
  static async start(url: string, options: Partial<PushModuleOptions> = {}, through = url): Promise<IngressSite> {
    const prefix = `test-${randomBytes(6).toString('hex')}.`;
    class SiteModule {}
    Module({
      imports: [
        PushModule.forRoot({
          store: createMemoryStore(),
          rabbitmq: { url: through, prefix, startup: 'wait' },
          ...options,
        }),
      ],
    })(SiteModule);
    const app = await NestFactory.createApplicationContext(SiteModule, { logger: false });
    const connection = await connect(url);
    const site = new IngressSite(prefix, app, connection, await connection.createChannel());
    await eventually(() => site.exists(site.queue), ANSWER_MS);
    return site;
  }

  get queue(): string {
    return `${this.prefix}publish`;
  }
  get dead(): string {
    return `${this.queue}.dead`;
  }
  get push(): Push {
    return this.app.get<Push>(PUSH);
  }

  send(body: unknown, options: Options.Publish = {}): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.amqpChannel.sendToQueue(this.queue, Buffer.from(text), { persistent: true, ...options });
  }

  /** Asks through a queue for answers of its own. */
  async ask(body: unknown, options: Options.Publish = {}): Promise<Answer> {
    const { queue } = await this.amqpChannel.assertQueue('', { exclusive: true });
    const answered = new Promise<Answer>((resolve, reject) => {
      const take = (message: ConsumeMessage | null): void => {
        if (!message) return reject(new Error('the queue of answers is gone'));
        const body: unknown = JSON.parse(message.content.toString());
        resolve({ body, correlationId: message.properties.correlationId });
      };
      this.amqpChannel.consume(queue, take, { noAck: true }).catch(reject);
    });
    this.send(body, { replyTo: queue, correlationId: 'q1', ...options });
    return answered;
  }

  /** The types of what the user was sent, the oldest first. */
  async stored(user: string): Promise<string[]> {
    const { entries } = await this.push.inbox(this.tenant, user, { limit: 500 });
    return entries.map(({ type }) => type);
  }

  /** The next dead letter; waits for it. */
  async nextDead(): Promise<{ readonly text: string; readonly reason: unknown }> {
    let letter: GetMessage | false = false;
    await eventually(
      async () => (letter = await this.amqpChannel.get(this.dead, { noAck: true })) !== false,
      ANSWER_MS,
    );
    const { content, properties } = letter as unknown as GetMessage;
    return { text: content.toString(), reason: properties.headers?.['x-reason'] as unknown };
  }

  async close(): Promise<void> {
    await this.app.close();
    for (const queue of [this.queue, this.dead]) await this.amqpChannel.deleteQueue(queue);
    for (const exchange of ['hints.all', 'hints.node']) await this.amqpChannel.deleteExchange(this.prefix + exchange);
    await this.connection.close();
  }

  private async exists(queue: string): Promise<boolean> {
    const amqpChannel = await this.connection.createChannel();
    amqpChannel.on('error', () => undefined);
    return amqpChannel.checkQueue(queue).then(
      () => amqpChannel.close().then(() => true),
      () => false,
    );
  }
}

export const publishBody = (user: string, type: string, more: object = {}): object => ({
  tenant: 't1',
  to: { users: [user] },
  type,
  ...more,
});
