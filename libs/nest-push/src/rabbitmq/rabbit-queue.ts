import {
  isPushError,
  type PushError,
  type ConsumeOptions,
  type Consumer,
  type NewWork,
  type Queue,
  type QueueDepth,
  type Work,
  type WorkOutcome,
} from 'push-core';
import { ConsumerWatch } from './consumer-watch.js';
import { Deadline } from './deadline.js';
import { Letters } from './letters.js';
import { workNames } from './names.js';
import { Publisher, type Publication } from './publisher.js';
import { encodeWork, putOutcome } from './put.js';
import { QueueDesk } from './queue-desk.js';
import { RabbitConsumer } from './rabbit-consumer.js';
import { invalid, type ResolvedSettings } from './rabbit-settings.js';
import type { Session } from './session.js';
import { replyCode, troubleText, unavailable } from './trouble.js';
import type { Tuning } from './tuning.js';
import type { Watchdog } from './watchdog.js';

const NOT_FOUND = 404;

/** Durable work over RabbitMQ: each queue a replicated one, with another for its dead letters. */
export class RabbitQueue implements Queue {
  readonly publisher: Publisher;
  /** Apart: where answers go is not ours to choose. */
  readonly replies: Publisher;
  private readonly letters: Letters;
  private readonly desk: QueueDesk;
  private readonly consumers = new Map<RabbitConsumer, string>();
  private readonly puts = new Set<Promise<void>>();
  private letGo?: () => Promise<void>;
  private closing?: Promise<void>;

  constructor(
    private readonly settings: ResolvedSettings,
    private readonly session: Session,
    private readonly watchdog: Watchdog,
    private readonly tuning: Tuning,
  ) {
    const { prefix, window } = settings;
    const nothing = (): Promise<void> => Promise.resolve();
    this.publisher = new Publisher({ name: 'work out', prepare: nothing }, session, tuning, window);
    this.replies = new Publisher({ name: 'answers out', prepare: nothing }, session, tuning, window);
    this.desk = new QueueDesk(prefix, session, tuning.retryCapMs);
    this.letters = new Letters(settings, this.publisher, this.replies, this.desk, session);
  }

  async put(queue: string, work: readonly NewWork[]): Promise<void> {
    if (this.closing) throw unavailable('The queue is closed');
    const { work: key } = workNames(this.settings.prefix, queue);
    const publications = work.map((one) => encodeWork(key, one));
    this.start();
    const done = this.putAll(queue, publications);
    this.puts.add(done);
    try {
      await done;
    } finally {
      this.puts.delete(done);
    }
  }

  consume(queue: string, options: ConsumeOptions, handle: (work: Work) => Promise<WorkOutcome>): Consumer {
    const { inHand } = options;
    if (!Number.isInteger(inHand) || inHand < 1 || inHand > 65_535) {
      throw invalid('inHand', 'must be a whole number from 1 to 65535');
    }
    const { settings, session, tuning } = this;
    const { work } = workNames(settings.prefix, queue);
    const consumer: RabbitConsumer = new RabbitConsumer(
      settings.prefix,
      queue,
      options,
      handle,
      {
        reply: (message, body) => this.letters.reply(message, body),
        bury: (message, reason) => this.letters.bury(queue, message, reason),
        gone: () => {
          this.consumers.delete(consumer);
          stopWatching();
        },
      },
      session,
      tuning,
    );
    let stopWatching: () => void = () => undefined;
    if (this.closing) {
      void consumer.close();
      return consumer;
    }
    this.consumers.set(consumer, work);
    const registered = (): number =>
      [...this.consumers].filter(([one, name]) => name === work && one.isRegistered()).length;
    stopWatching = this.watchdog.watch(
      new ConsumerWatch(consumer, work, registered, session, settings.confirmTimeoutMs),
    );
    session.attach(consumer.lane);
    this.start();
    return consumer;
  }

  async depth(queue: string): Promise<QueueDepth> {
    const { work, dead } = workNames(this.settings.prefix, queue);
    if (this.closing) throw unavailable('The queue is closed');
    this.start();
    const deadline = new Deadline(this.settings.confirmTimeoutMs);
    try {
      await this.desk.connected(deadline);
      const counting = Promise.all([this.count(work), this.count(dead)]);
      const [waiting, buried] = await deadline.race(counting, () => unavailable('The broker did not count in time'));
      return { waiting, dead: buried };
    } catch (thrown) {
      throw asPushError(thrown);
    } finally {
      deadline.clear();
    }
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  /** As if the process that consumes had died, for tests of what then becomes of its work. */
  async abandon(consumer: Consumer): Promise<void> {
    for (const one of this.consumers.keys()) if (one === consumer) await one.abandon();
  }

  private start(): void {
    if (this.letGo) return;
    this.session.attach(this.publisher.lane);
    this.session.attach(this.replies.lane);
    this.letGo = this.session.hold();
  }

  private async finish(): Promise<void> {
    const consumers = [...this.consumers.keys()].map((one) => one.close());
    await Promise.allSettled([...consumers, ...this.puts]);
    this.desk.close();
    await Promise.all([this.session.remove(this.publisher.lane), this.session.remove(this.replies.lane)]);
    await this.letGo?.();
  }

  /** By the window's width at a time, each under a deadline of its own. */
  private async putAll(queue: string, publications: readonly Publication[]): Promise<void> {
    const { window, confirmTimeoutMs } = this.settings;
    for (let from = 0; from < publications.length; from += window) {
      const deadline = new Deadline(confirmTimeoutMs);
      const some = publications.slice(from, from + window).map((one) => this.putOne(queue, one, deadline));
      const outcomes = await Promise.allSettled(some);
      deadline.clear();
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw asPushError(outcome.reason);
    }
  }

  /**
   * What was lost with its amqpChannel, or found no queue, is published again while there is time; what was refused, once:
   * so ends what reaches a queue as it is deleted.
   */
  private async putOne(queue: string, publication: Publication, deadline: Deadline): Promise<void> {
    for (let refused = false; ;) {
      await this.desk.ensure(queue, deadline);
      const outcome = await this.publisher.publish(publication, deadline);
      if (outcome === 'confirmed') return;
      const again = outcome === 'lost' || outcome === 'returned' || (outcome === 'refused' && !refused);
      if (!again) throw putOutcome(outcome, this.settings.confirmTimeoutMs, this.session.status().reason);
      if (outcome !== 'lost') this.desk.forget(queue);
      refused ||= outcome === 'refused';
    }
  }

  private async count(name: string): Promise<number> {
    try {
      return (await this.session.borrow((amqpChannel) => amqpChannel.checkQueue(name))).messageCount;
    } catch (thrown) {
      if (replyCode(thrown) === NOT_FOUND) return 0;
      throw thrown;
    }
  }
}

function asPushError(thrown: unknown): PushError {
  return isPushError(thrown) ? thrown : unavailable(troubleText(thrown));
}
