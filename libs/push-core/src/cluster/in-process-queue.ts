import { PushError } from '../errors.js';
import { InProcessConsumer, type QueuedWork } from './in-process-consumer.js';
import type { ConsumeOptions, Consumer, NewWork, Queue, QueueDepth, Work, WorkOutcome } from './queue.js';
import { WorkLine } from './work-line.js';

/** Handed out this often without an end, a piece of work dies. */
export const DELIVERY_LIMIT = 20;

export interface DeadLetter {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string;
}
export interface Reply {
  readonly body: Uint8Array;
  readonly correlationId?: string;
}

interface NamedQueue {
  readonly waiting: WorkLine<QueuedWork>;
  readonly dead: DeadLetter[];
  /** The one that is served next comes first. */
  readonly consumers: InProcessConsumer[];
}

/**
 * A queue as durable as the process. A piece of work is
 * - *waiting*, from `put` on, and again whenever a consumer has no end for it or dies;
 * - *in hand* of one consumer, which has room for so many;
 * - gone, once it is done; or *dead*, with its reason, when the consumer says so or it was in hand 20 times.
 */
export class InProcessQueue implements Queue {
  private readonly queues = new Map<string, NamedQueue>();
  private readonly replies = new Map<string, (reply: Reply) => void>();
  private readonly consumers = new Set<InProcessConsumer>();
  private numbers = 0;
  private closed = false;

  async put(queue: string, work: readonly NewWork[]): Promise<void> {
    if (this.closed) throw new PushError('BROKER_UNAVAILABLE', 'The queue is closed');
    const named = this.named(queue);
    for (const one of work)
      named.waiting.add({ number: ++this.numbers, work: { ...one, body: one.body.slice() }, attempts: 0 });
    this.deal(named);
  }

  consume(queue: string, { inHand }: ConsumeOptions, handle: (work: Work) => Promise<WorkOutcome>): Consumer {
    if (!Number.isInteger(inHand) || inHand < 1)
      throw new PushError('INVALID', '"inHand" must be a whole number of 1 or more', { field: 'inHand' });
    const named = this.named(queue);
    const consumer: InProcessConsumer = new InProcessConsumer(inHand, handle, {
      settled: (item, outcome) => {
        this.settle(named, item, outcome);
        this.deal(named);
      },
      gone: (items) => {
        if (!this.consumers.delete(consumer)) return;
        named.consumers.splice(named.consumers.indexOf(consumer), 1);
        for (const item of items) this.return(named, item);
        this.deal(named);
      },
    });
    if (this.closed) return consumer;
    this.consumers.add(consumer);
    named.consumers.push(consumer);
    this.deal(named);
    return consumer;
  }

  async depth(queue: string): Promise<QueueDepth> {
    const { waiting, dead } = this.named(queue);
    return { waiting: waiting.length, dead: dead.length };
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
  }

  /** What died, the oldest first. */
  deadLetters(queue: string): readonly DeadLetter[] {
    return [...this.named(queue).dead];
  }

  /** Answers to work with this `replyTo` come here; without a receiver they are dropped. Returns what ends it. */
  onReply(replyTo: string, receive: (reply: Reply) => void): () => void {
    this.replies.set(replyTo, receive);
    return () => this.replies.delete(replyTo);
  }

  /** As if the consumer's process had died: what it has in hand waits again, and its outcomes count no more. */
  abandon(consumer: Consumer): void {
    for (const one of this.consumers) if (one === consumer) one.die();
  }

  private named(queue: string): NamedQueue {
    let named = this.queues.get(queue);
    if (!named) this.queues.set(queue, (named = { waiting: new WorkLine(), dead: [], consumers: [] }));
    return named;
  }

  /** Never within the caller's own turn. */
  private deal(named: NamedQueue): void {
    queueMicrotask(() => {
      for (;;) {
        const at = named.consumers.findIndex((one) => one.hasRoom);
        const item = at < 0 ? undefined : named.waiting.next();
        if (!item) return;
        const [consumer] = named.consumers.splice(at, 1);
        if (!consumer) return;
        named.consumers.push(consumer);
        consumer.take(item);
      }
    });
  }

  private settle(named: NamedQueue, item: QueuedWork, outcome: WorkOutcome): void {
    switch (outcome.kind) {
      case 'done':
        return this.answer(item.work, outcome.reply);
      case 'again':
        return this.return(named, item);
      case 'dead':
        named.dead.push(deadLetter(item, outcome.reason));
        return this.answer(item.work, outcome.reply);
    }
  }

  private return(named: NamedQueue, item: QueuedWork): void {
    if (item.attempts < DELIVERY_LIMIT) named.waiting.putBack(item);
    else named.dead.push(deadLetter(item, 'delivery-limit'));
  }

  private answer({ replyTo, correlationId }: NewWork, body: Uint8Array | undefined): void {
    const receive = replyTo === undefined ? undefined : this.replies.get(replyTo);
    if (receive && body) queueMicrotask(() => receive({ body, correlationId }));
  }
}

const deadLetter = ({ work }: QueuedWork, reason: string): DeadLetter => ({
  body: work.body,
  headers: work.headers ?? {},
  reason,
});
