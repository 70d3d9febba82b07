import type { ConsumeMessage, Options } from 'amqplib';
import { bareLetterOptions, deadLetterOptions } from './dead-letter.js';
import { Deadline } from './deadline.js';
import { workNames } from './names.js';
import type { Publisher, PublishOutcome } from './publisher.js';
import type { QueueDesk } from './queue-desk.js';
import type { ResolvedSettings } from './rabbit-settings.js';
import type { Session } from './session.js';

/** Of RabbitMQ's direct reply-to: the rest of it names a process inside the broker. */
const DIRECT = 'amq.rabbitmq.reply-to.';
const INTERNAL_ERROR = 541;
/** So long no direct answers are sent after one that cost the connection. */
const DISTRUST_MS = 60_000;

/** What is sent on behalf of work that was handed out: answers, and dead letters. */
export class Letters {
  private distrustUntil = 0;

  constructor(
    private readonly settings: Pick<ResolvedSettings, 'prefix' | 'confirmTimeoutMs'>,
    private readonly work: Publisher,
    private readonly answers: Publisher,
    private readonly desk: QueueDesk,
    private readonly session: Session,
  ) {}

  /**
   * Best effort: who waits for an answer that does not come asks again, and is told the same.
   *
   * A direct address that was made up crashes the broker's end of the whole connection (seen on 3.10), and the question is
   * then handed out again. So, after a crash with a direct answer under way, there are none for a while.
   */
  async reply({ properties }: ConsumeMessage, body: Uint8Array): Promise<void> {
    const { replyTo, correlationId } = properties as { replyTo?: string; correlationId?: string };
    if (replyTo === undefined || replyTo === '') return;
    const isDirect = replyTo.startsWith(DIRECT);
    if (isDirect && performance.now() < this.distrustUntil) return;
    const options = { correlationId, persistent: true };
    const deadline = new Deadline(this.settings.confirmTimeoutMs);
    const answer = { exchange: '', key: replyTo, body: Buffer.from(body), options };
    const outcome = await this.answers.publish(answer, deadline);
    deadline.clear();
    if (isDirect && outcome === 'lost' && this.session.lostTo === INTERNAL_ERROR) {
      this.distrustUntil = performance.now() + DISTRUST_MS;
    }
  }

  /** Resolves with whether it is kept among the dead letters of the queue. */
  async bury(queue: string, message: ConsumeMessage, reason: string): Promise<boolean> {
    const deadline = new Deadline(this.settings.confirmTimeoutMs);
    const send = (options: Options.Publish): Promise<PublishOutcome> =>
      this.send(queue, message.content, options, deadline);
    try {
      const outcome = await send(deadLetterOptions(message, reason));
      return (outcome === 'unencodable' ? await send(bareLetterOptions(reason)) : outcome) === 'confirmed';
    } catch {
      // The queue could not be declared anew.
      return false;
    } finally {
      deadline.clear();
    }
  }

  private async send(
    queue: string,
    body: Buffer,
    options: Options.Publish,
    deadline: Deadline,
  ): Promise<PublishOutcome> {
    const { dead } = workNames(this.settings.prefix, queue);
    const letter = { exchange: '', key: dead, body, options: { ...options, mandatory: true } };
    const outcome = await this.work.publish(letter, deadline);
    if (outcome !== 'returned') return outcome;
    this.desk.forget(queue);
    await this.desk.ensure(queue, deadline);
    return this.work.publish(letter, deadline);
  }
}
