import type { ConsumeMessage } from 'amqplib';
import type { ConsumeOptions, Consumer, Work, WorkOutcome } from 'push-core';
import { backoffMs } from './backoff.js';
import { acknowledge, giveBack, workOf, type Delivery } from './delivery.js';
import { Lane, type Opening } from './lane.js';
import type { Session } from './session.js';
import { declare, DELIVERY_LIMIT, workQueue } from './topology.js';
import { troubleText } from './trouble.js';
import type { Tuning } from './tuning.js';

/** So many looks in a row have to say that the broker does not know a consumer. */
const UNKNOWN_LOOKS = 2;

/** What a consumer leaves to the queue it is of. */
export interface ConsumerPorts {
  /** Best effort. */
  reply(message: ConsumeMessage, body: Uint8Array): Promise<void>;
  /** Resolves with whether the letter is kept. */
  bury(message: ConsumeMessage, reason: string): Promise<boolean>;
  /** Its lane, and whatever else was held for it, can go. */
  gone(): void;
}

/**
 * One who works on a queue. Deliveries wait here while more is in hand than may be, which is so after a reconnect only: what
 * was in hand then is handed out again by the broker, while the handler is still at it.
 *
 * - *open*: takes deliveries, as many as it has room for.
 * - *closing*, from `close` on: cancelled by its tag, takes nothing; what is in hand is finished. Then
 * - *gone*: the amqpChannel is closed, and with that the broker has heard every outcome.
 *
 * An outcome counts on the amqpChannel the work came on, while that is good; else the broker hands the work out again.
 */
export class RabbitConsumer implements Consumer {
  readonly lane: Lane;
  private consumerTag?: string;
  /** How often in a row the broker did not know the consumer. */
  private unknown = 0;
  /** Since when work waits, there is room for it, and none is delivered; as `performance.now()`. */
  private idleSince?: number;
  private readonly waiting: Delivery[] = [];
  private inHand = 0;
  private readonly parked = new Set<() => void>();
  private isOpen = true;
  private closing?: Promise<void>;
  private idle: (() => void)[] = [];

  constructor(
    private readonly prefix: string,
    private readonly queue: string,
    private readonly options: ConsumeOptions,
    private readonly handle: (work: Work) => Promise<WorkOutcome>,
    private readonly ports: ConsumerPorts,
    private readonly session: Session,
    private readonly tuning: Tuning,
  ) {
    this.lane = new Lane(
      {
        name: `consumer of "${queue}"`,
        prepare: (opening) => this.consume(opening),
        lost: () => {
          this.consumerTag = undefined;
          this.waiting.length = 0;
        },
        changed: session.stepped,
      },
      tuning,
    );
  }

  close(): Promise<void> {
    this.isOpen = false;
    this.closing ??= this.finish();
    return this.closing;
  }

  /** As if the process had died: what is in hand goes back, and its outcomes reach nobody. */
  async abandon(): Promise<void> {
    this.isOpen = false;
    await this.leave();
  }

  // ---- what the watchdog asks --------------------------------------------------------------------------------------

  isRegistered(): boolean {
    return this.consumerTag !== undefined && this.lane.opening !== undefined;
  }

  /**
   * The broker counts this many consumers and pieces of ready work; `own` of the consumers are this node's. Once is nothing:
   * a queue that looks for its leader counts none of either, and an overloaded one delivers late.
   */
  complaintAbout(consumers: number, ready: number, own: number): string | undefined {
    this.unknown = consumers < own ? this.unknown + 1 : 0;
    if (this.unknown >= UNKNOWN_LOOKS) return 'the broker does not know the consumer';
    if (ready === 0 || this.inHand >= this.options.inHand) this.idleSince = undefined;
    else this.idleSince ??= performance.now();
    const idleMs = this.idleSince === undefined ? 0 : performance.now() - this.idleSince;
    return idleMs >= this.tuning.stalledMs ? 'work waits, and none is delivered' : undefined;
  }

  rebuild(reason: string): void {
    this.unknown = 0;
    this.idleSince = undefined;
    this.lane.rebuild(reason);
  }

  // ---- deliveries --------------------------------------------------------------------------------------------------

  private async consume(opening: Opening): Promise<void> {
    const { amqpChannel } = opening;
    await declare(amqpChannel, workQueue(this.prefix, this.queue));
    await amqpChannel.prefetch(this.options.inHand);
    if (!this.isOpen) return;
    const { consumerTag } = await amqpChannel.consume(`${this.prefix}${this.queue}`, (message) =>
      this.take(opening, message),
    );
    this.consumerTag = consumerTag;
    if (!this.isOpen) this.cancel(opening, consumerTag);
  }

  private take(opening: Opening, message: ConsumeMessage | null): void {
    if (!opening.live) return;
    if (!message) return this.lane.rebuild('the broker has cancelled the consumer');
    this.idleSince = undefined;
    const delivery = { message, opening };
    if (!this.isOpen) {
      // In this order: what is given back before the broker knows that nobody is here comes again.
      this.cancel(opening, message.fields.consumerTag);
      return giveBack(delivery);
    }
    this.waiting.push(delivery);
    this.handOut();
  }

  private handOut(): void {
    while (this.isOpen && this.inHand < this.options.inHand) {
      const delivery = this.waiting.shift();
      if (!delivery) return;
      this.inHand++;
      void this.work(delivery);
    }
  }

  private async work(delivery: Delivery): Promise<void> {
    const work = workOf(delivery.message);
    const outcome = work.attempts > DELIVERY_LIMIT ? OVER_LIMIT : await this.ask(work);
    try {
      if (delivery.opening.live) await this.settle(delivery, outcome, work.attempts);
    } catch (thrown) {
      // Whatever it was, the broker hands out again what was not answered.
      if (delivery.opening.live) this.lane.rebuild(troubleText(thrown));
    }
    this.inHand--;
    this.handOut();
    if (this.inHand === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private async ask(work: Work): Promise<WorkOutcome> {
    try {
      return await this.handle(work);
    } catch {
      return { kind: 'again' };
    }
  }

  private async settle(delivery: Delivery, outcome: WorkOutcome, attempts: number): Promise<void> {
    const { message } = delivery;
    switch (outcome.kind) {
      case 'again':
        return this.again(delivery, attempts);
      case 'done':
        if (outcome.reply) await this.ports.reply(message, outcome.reply);
        return acknowledge(delivery);
      case 'dead':
        // Buried before it is acknowledged: in between, it is in both queues, never in none.
        if (!(await this.ports.bury(message, outcome.reason))) return this.again(delivery, attempts);
        if (outcome.reply) await this.ports.reply(message, outcome.reply);
        return acknowledge(delivery);
    }
  }

  /** Not at once: what it failed on needs a moment, and an outage must not use up all attempts. It keeps its place in hand. */
  private async again(delivery: Delivery, attempts: number): Promise<void> {
    const { againBaseMs, againCapMs, random } = this.tuning;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.parked.delete(go);
        resolve();
      };
      const timer = setTimeout(go, this.isOpen ? backoffMs(attempts - 1, againBaseMs, againCapMs, random) : 0);
      this.parked.add(go);
    });
    giveBack(delivery);
  }

  private async finish(): Promise<void> {
    const { opening } = this.lane;
    if (opening && this.consumerTag !== undefined) this.cancel(opening, this.consumerTag);
    for (const delivery of this.waiting.splice(0)) giveBack(delivery);
    for (const go of [...this.parked]) go();
    if (this.inHand > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    await this.leave();
  }

  private cancel({ amqpChannel }: Opening, consumerTag: string): void {
    amqpChannel.cancel(consumerTag).catch(() => undefined);
  }

  private async leave(): Promise<void> {
    await this.session.remove(this.lane);
    this.ports.gone();
  }
}

const OVER_LIMIT: WorkOutcome = { kind: 'dead', reason: 'delivery-limit' };
