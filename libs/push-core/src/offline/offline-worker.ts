import type { Clock, Timer } from '../clock/clock.js';
import { toPushError } from '../errors.js';
import type { Events } from '../events.js';
import type { NotificationStore } from '../store/notification-store.js';
import type { Breath, Round } from './breath.js';
import type { Dispatcher } from './dispatcher.js';
import type { DueMessages } from './due-messages.js';
import type { WaitingRows } from './waiting-rows.js';

const TRIM_EVERY_MS = 60_000;
const TRIM_ROWS = 5_000;

export interface WorkerLimits {
  readonly pollMs: number;
  readonly keepMs: number;
}

/**
 * Does what is due, over and over.
 *
 *   idle     nothing known to do       → working when told of work, or every `pollMs`
 *   working  a round of messages, a round of rows, and again while there was something to do; never more on the way to
 *            providers than `inFlight`                                                                             → idle
 *   stopped  from any state: the round under way ends, what is held goes back, what is on its way has its answer. Final.
 *
 * A store that is away is asked again at the next poll.
 */
export class OfflineWorker {
  private timer?: Timer;
  private isWorking = false;
  private askedAgain = false;
  private stopped = true;
  private work: Promise<void> = Promise.resolve();
  private trimAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly messages: DueMessages,
    private readonly rows: WaitingRows,
    private readonly dispatcher: Dispatcher,
    private readonly store: NotificationStore,
    private readonly limits: WorkerLimits,
    private readonly breath: Breath,
  ) {}

  start(): void {
    this.stopped = false;
    this.plan();
  }

  /** There is, or may be, work. */
  nudge(): void {
    if (this.stopped) return;
    if (this.isWorking) {
      this.askedAgain = true;
      return;
    }
    this.isWorking = true;
    this.work = this.workOn().finally(() => (this.isWorking = false));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = undefined;
    await this.work;
    await this.messages.letGo();
  }

  private plan(): void {
    this.timer = this.clock.after(this.limits.pollMs, () => {
      this.nudge();
      if (!this.stopped) this.plan();
    });
  }

  private async workOn(): Promise<void> {
    try {
      do {
        this.askedAgain = false;
        let some = true;
        while (some && !this.stopped) {
          some = await this.piece(() => this.messages.round());
          if (!this.stopped) some = (await this.piece(() => this.rows.round())) || some;
        }
        await this.trim();
      } while (this.askedAgain && !this.stopped);
    } catch (error) {
      this.events.emit('trouble', { during: 'offline notifications', error: toPushError(error) });
    }
  }

  /** Whether there was something to do. */
  private async piece(round: () => Promise<Round>): Promise<boolean> {
    await this.dispatcher.room();
    const began = this.clock.elapsed();
    const done = await round();
    if (done === 'bulk' && !this.stopped) await this.breath.after(began);
    else await new Promise<void>((resolve) => this.clock.soon(resolve));
    return done !== 'nothing';
  }

  private async trim(): Promise<void> {
    const elapsed = this.clock.elapsed();
    if (this.stopped || elapsed < this.trimAt) return;
    this.trimAt = elapsed + TRIM_EVERY_MS;
    await this.store.trim(this.clock.now() - this.limits.keepMs, TRIM_ROWS);
  }
}
