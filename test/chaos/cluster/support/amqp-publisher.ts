import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';

/** Another service, which publishes over RabbitMQ as the contract says. */
export class AmqpPublisher {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly amqpChannel: ConfirmChannel,
  ) {}

  static async open(url: string): Promise<AmqpPublisher> {
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const amqpChannel = await connection.createConfirmChannel();
    amqpChannel.on('error', () => undefined);
    return new AmqpPublisher(connection, amqpChannel);
  }

  /** Resolves when the broker has them all. */
  async put(queue: string, bodies: readonly object[]): Promise<void> {
    for (const body of bodies) {
      this.amqpChannel.sendToQueue(queue, Buffer.from(JSON.stringify(body)), {
        persistent: true,
        contentType: 'application/json',
      });
    }
    await this.amqpChannel.waitForConfirms();
  }

  /** Messages that nobody has taken. */
  async waiting(queue: string): Promise<number> {
    return (await this.amqpChannel.checkQueue(queue)).messageCount;
  }

  async close(): Promise<void> {
    await this.connection.close().catch(() => undefined);
  }
}
