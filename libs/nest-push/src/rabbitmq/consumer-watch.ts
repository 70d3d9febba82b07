import type { RabbitConsumer } from './rabbit-consumer.js';
import { Deadline } from './deadline.js';
import type { Session } from './session.js';
import { replyCode, unavailable } from './trouble.js';
import type { Watched } from './watchdog.js';

const NOT_FOUND = 404;

/** Looks after one consumer of a queue that this node, and others, may consume several times. */
export class ConsumerWatch implements Watched {
  constructor(
    private readonly consumer: RabbitConsumer,
    private readonly queue: string,
    /** This node's consumers of the same queue that are registered, as far as they know. */
    private readonly registered: () => number,
    private readonly session: Session,
    private readonly patienceMs: number,
  ) {}

  isRegistered(): boolean {
    return this.consumer.isRegistered();
  }

  async complaint(): Promise<string | undefined> {
    const patience = new Deadline(this.patienceMs);
    const before = this.registered();
    try {
      const asked = this.session.borrow((amqpChannel) => amqpChannel.checkQueue(this.queue));
      const { consumerCount, messageCount } = await patience.race(asked, () => unavailable('no answer'));
      // Who came or went meanwhile may be counted or not.
      return this.consumer.complaintAbout(consumerCount, messageCount, Math.min(before, this.registered()));
    } catch (thrown) {
      // Anything else is the connection's trouble.
      return replyCode(thrown) === NOT_FOUND ? 'the queue is gone' : undefined;
    } finally {
      patience.clear();
    }
  }

  rebuild(reason: string): void {
    this.consumer.rebuild(reason);
  }
}
