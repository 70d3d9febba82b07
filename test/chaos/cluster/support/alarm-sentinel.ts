import { connect, type ChannelModel } from 'amqplib';

const EVERY_MS = 50;
const LATE_MS = 30_000;

/** A publisher of its own, to which a broker that takes nothing more says so: it is told of an alarm when it publishes. */
export class AlarmSentinel {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly ticking: NodeJS.Timeout,
  ) {}

  static async open(url: string): Promise<AlarmSentinel> {
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const amqpChannel = await connection.createChannel();
    amqpChannel.on('error', () => undefined);
    let isOpen = true;
    connection.on('close', () => (isOpen = false));
    // Routed nowhere.
    const ticking = setInterval(
      () => isOpen && amqpChannel.publish('', 'nobody-has-this-queue', Buffer.from('?')),
      EVERY_MS,
    );
    return new AlarmSentinel(connection, ticking);
  }

  /** When it next hears this, on this process's clock; Infinity where it does not. */
  next(event: 'blocked' | 'unblocked'): Promise<number> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(Infinity), LATE_MS);
      this.connection.once(event, () => {
        clearTimeout(late);
        resolve(performance.now());
      });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.ticking);
    await this.connection.close().catch(() => undefined);
  }
}
