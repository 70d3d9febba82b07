import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { backoffMs } from './backoff.js';
import { settledWithin } from './deadline.js';
import { troubleText } from './trouble.js';
import type { Tuning } from './tuning.js';

/** An amqpChannel while it is good. What was received on one cannot be answered on another. */
export interface Opening {
  readonly amqpChannel: ConfirmChannel;
  /** False from the moment it is lost, or given up, on. */
  live: boolean;
}

/** What a lane needs of the connection it runs on. */
export interface Road {
  readonly connection: ChannelModel;
  /** The broker has said that it takes nothing for now. */
  isBlocked(): boolean;
  /** No reason is known why it should not answer. */
  isAnswering(): boolean;
  /** A request stayed without an answer: the connection is no good. */
  giveUp(reason: string): void;
  /** It did not answer a goodbye, which is no reason to give it up. */
  overdue(): void;
}

export interface LaneWork {
  /** For people. */
  readonly name: string;
  /** Declares and consumes; the lane is open when it resolves. */
  prepare(opening: Opening): Promise<void>;
  /** What was open is so no more. */
  lost?(opening: Opening): void;
  /** Something an observer may want to look at has changed. */
  changed(): void;
}

/**
 * One amqpChannel that should be there whenever the connection is, and is made anew when it alone fails.
 *
 * - *detached*: there is no connection. `attach` → opening.
 * - *opening*: the amqpChannel is opened and prepared. Done → open; refused, or closed meanwhile → waiting; no answer in
 *   time → the connection is given up, unless the broker said it was blocked.
 * - *open*: in use. Closed by the broker, or `rebuild` → waiting.
 * - *waiting*: for the delay after a failure, longer each time until one has held a while → opening.
 * - *closed*: for good, from `close` on.
 *
 * From every state: `detach` → detached. Each try has a number; what comes from one before is not heard.
 */
export class Lane {
  /** The last failure, until it is open again. */
  trouble?: string;
  private state: 'detached' | 'opening' | 'open' | 'waiting' | 'closed' = 'detached';
  private road?: Road;
  private current?: Opening;
  private turn = 0;
  private failures = 0;
  private openSince = 0;
  private timer?: NodeJS.Timeout;
  private settled: (() => void)[] = [];

  constructor(
    private readonly work: LaneWork,
    private readonly tuning: Tuning,
  ) {}

  get name(): string {
    return this.work.name;
  }

  /** Defined while it is open. */
  get opening(): Opening | undefined {
    return this.state === 'open' ? this.current : undefined;
  }

  /** Resolves when the first try has ended, whichever way. */
  attach(road: Road): Promise<void> {
    if (this.state === 'closed') return Promise.resolve();
    this.detach();
    this.road = road;
    this.failures = 0;
    const tried = new Promise<void>((resolve) => this.settled.push(resolve));
    this.open(road);
    return tried;
  }

  detach(): void {
    if (this.state === 'closed' || this.state === 'detached') return;
    this.road = undefined;
    void this.leave('detached');
  }

  /** The amqpChannel is given up, and another opened. */
  rebuild(reason: string): void {
    if (this.state === 'open') this.fail(this.turn, reason);
  }

  /** What was sent on it before has reached the broker when this resolves, where there still is one. */
  async close(): Promise<void> {
    if (this.state === 'closed') return;
    const { road } = this;
    this.road = undefined;
    const left = this.leave('closed');
    if (road?.isAnswering() && !(await settledWithin(this.tuning.closeMs, left))) road.overdue();
  }

  private open(road: Road): void {
    const turn = ++this.turn;
    this.state = 'opening';
    this.watch(turn, road);
    this.tryOpen(turn, road).catch((thrown: unknown) => this.fail(turn, troubleText(thrown)));
  }

  private async tryOpen(turn: number, road: Road): Promise<void> {
    const amqpChannel = await road.connection.createConfirmChannel();
    const opening: Opening = { amqpChannel, live: true };
    let reason = 'closed';
    amqpChannel.on('error', (error) => (reason = troubleText(error)));
    // Whoever waits for an answer on it fails as well, and knows better what was asked.
    amqpChannel.on('close', () => {
      if (this.state === 'opening') setImmediate(() => this.fail(turn, reason));
      else this.fail(turn, reason);
    });
    if (turn !== this.turn) return discard(opening);
    this.current = opening;
    await this.work.prepare(opening);
    if (turn !== this.turn) return;
    clearTimeout(this.timer);
    this.state = 'open';
    this.trouble = undefined;
    this.openSince = performance.now();
    this.tell();
  }

  private watch(turn: number, road: Road): void {
    this.timer = setTimeout(() => {
      if (turn !== this.turn) return;
      if (road.isBlocked()) this.watch(turn, road);
      else road.giveUp(`no answer within ${this.tuning.answerMs} ms (${this.name})`);
    }, this.tuning.answerMs);
  }

  private fail(turn: number, reason: string): void {
    const { road, tuning } = this;
    if (turn !== this.turn || !road) return;
    const held = this.state === 'open' && performance.now() - this.openSince >= tuning.steadyMs;
    void this.leave('waiting');
    this.trouble = `${this.name}: ${reason}`;
    this.failures = held ? 0 : this.failures + 1;
    const delayMs = backoffMs(this.failures, tuning.retryBaseMs, tuning.retryCapMs, tuning.random);
    this.timer = setTimeout(() => this.open(road), delayMs);
    this.tell();
  }

  /** Resolves when the broker has taken leave of the amqpChannel too, or the connection is gone. */
  private leave(next: 'detached' | 'waiting' | 'closed'): Promise<void> {
    const { current } = this;
    this.turn++;
    this.state = next;
    this.current = undefined;
    clearTimeout(this.timer);
    const left = current ? discard(current) : Promise.resolve();
    if (current) this.work.lost?.(current);
    if (next !== 'waiting') this.tell();
    return left;
  }

  private tell(): void {
    for (const resolve of this.settled.splice(0)) resolve();
    this.work.changed();
  }
}

/** It may be closed already, or its connection may. */
function discard(opening: Opening): Promise<void> {
  opening.live = false;
  return opening.amqpChannel.close().catch(() => undefined);
}
