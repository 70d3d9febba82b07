import type { Clock, Timer } from '../../clock/clock.js';
import { CLOSE, type CloseReason } from '../../close-reasons.js';
import { PushError } from '../../errors.js';
import type { ConnectedFrame } from '../../wire.js';
import { closeError } from '../http/close-error.js';
import { frameLines, type FrameLine } from '../http/frame-line.js';
import type { SharedFrame } from '../shared-frame.js';
import type { Link, LinkHandler } from '../transport.js';
import { PollBatch } from './poll-batch.js';

export interface PollLinkOptions {
  /** The cursor the client came with, as it came. */
  readonly after: string | undefined;
  /** Notices that cursor holds. */
  readonly told: ReadonlySet<string>;
  readonly waitMs: number;
  /** Entries of one answer at most. */
  readonly limit: number;
  readonly clock: Clock;
  /** Answers with JSON text. Called once, or `refuse` is. */
  answer(json: string): void;
  refuse(error: PushError): void;
}

/** What lies in the store for the device is waited for this much longer than for what may come. */
const STORE_MS = 10_000;
const REPLACED_MS = 1_000;

/**
 * One poll: a link that lives for one request.
 *
 *   waiting    for `connected`, which says whether entries are on their way
 *                                  → gathering: with the first frames that are news; within waitMs if none are on their way
 *                                  → over on `close`: the request is refused
 *   gathering  what else the core sends in this turn       → over: answered with all of it
 *   aside      replaced by a newer poll: answered with nothing after a second
 *   over       answered, refused, or the client is gone. Final. The device counts as connected for lingerMs more.
 */
export class PollLink implements Link {
  readonly transport = 'poll';
  readonly resends = 'on return';
  readonly lingerMs = 30_000;
  handler?: LinkHandler;
  private state: 'waiting' | 'gathering' | 'aside' | 'over' = 'waiting';
  private readonly batch: PollBatch;
  private said: FrameLine[] = [];
  private connected = false;
  private readonly beganAt: number;
  private readonly timers: Timer[] = [];

  constructor(private readonly options: PollLinkOptions) {
    this.batch = new PollBatch(options.limit, options.told, options.after === undefined);
    this.beganAt = options.clock.elapsed();
    this.after(options.waitMs + STORE_MS, () => this.giveUp());
  }

  send(frames: readonly SharedFrame[]): void {
    if (this.isDone) return;
    for (const { text } of frames) for (const line of frameLines(text)) this.take(line);
    if (this.connected && this.batch.hasNews) this.gather();
  }

  /** What is gathered waits to be answered: the core sends no more than it would leave in a socket. */
  bufferedBytes(): number {
    return this.isDone ? 0 : this.batch.characters;
  }

  /** Nothing can be said in the middle of an answer that has not begun; that the request stands is the sign of life. */
  ping(): void {
    if (!this.isDone) this.handler?.alive();
  }

  close(reason: CloseReason): void {
    if (this.isDone) return;
    if (reason.code === CLOSE.replaced.code) this.stepAside();
    else if (this.batch.hasNews) this.finish(() => this.options.answer(this.batch.json()));
    else this.finish(() => this.options.refuse(closeError(reason, this.said)));
  }

  /**
   * A newer poll of the device took its place. Mostly nobody waits for this answer any more; where two clients share a
   * device by mistake, they would else replace each other as fast as they can ask.
   */
  private stepAside(): void {
    if (this.state === 'aside') return;
    this.state = 'aside';
    this.handler?.closed();
    this.after(REPLACED_MS, () => this.finish(() => this.options.answer(this.batch.nothing(this.options.after))));
  }

  /** The request is over, whoever ended it. Idempotent. */
  gone(): void {
    this.finish(() => undefined);
  }

  private get isDone(): boolean {
    return this.state === 'over' || this.state === 'aside';
  }

  private take(line: FrameLine): void {
    switch (line.op) {
      case 'connected': {
        this.connected = true;
        this.said = [];
        const onTheirWay = this.batch.begin(JSON.parse(line.text) as ConnectedFrame);
        if (!onTheirWay) this.wait();
        return;
      }
      case 'bye':
      case 'ok':
      case 'pong':
        this.said.push(line);
        return;
      default:
        if (this.connected) this.batch.add(line);
        else this.said.push(line);
    }
  }

  private wait(): void {
    const left = this.beganAt + this.options.waitMs - this.options.clock.elapsed();
    if (left <= 0) this.gather();
    else this.after(left, () => this.gather());
  }

  /** Several streams move in one turn, and an answer costs a connect: the rest of the turn comes along. */
  private gather(): void {
    if (this.state !== 'waiting') return;
    this.state = 'gathering';
    this.options.clock.soon(() => {
      if (this.state === 'gathering') this.finish(() => this.options.answer(this.batch.json()));
    });
  }

  private giveUp(): void {
    if (this.connected) return this.gather();
    this.finish(() =>
      this.options.refuse(new PushError('STORE_UNAVAILABLE', 'The store did not answer in time; poll again')),
    );
  }

  private finish(answer: () => void): void {
    if (this.state === 'over') return;
    const told = this.state === 'aside';
    this.state = 'over';
    for (const timer of this.timers) timer.cancel();
    answer();
    if (!told) this.handler?.closed();
  }

  private after(delayMs: number, run: () => void): void {
    this.timers.push(this.options.clock.after(delayMs, run));
  }
}
