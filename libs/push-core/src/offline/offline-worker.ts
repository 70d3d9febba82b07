import type { Clock } from '../clock/clock.js';
import { WorkLoop } from '../clock/work-loop.js';
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
  private readonly loop: WorkLoop;
  private trimAt = 0;

  constructor(
    private readonly clock: Clock,
    events: Events,
    private readonly messages: DueMessages,
    private readonly rows: WaitingRows,
    private readonly dispatcher: Dispatcher,
    private readonly store: NotificationStore,
    private readonly limits: WorkerLimits,
    private readonly breath: Breath,
  ) {
    this.loop = new WorkLoop(
      clock,
      limits.pollMs,
      () => this.workOn(),
      (error) => events.emit('trouble', { during: 'offline notifications', error: toPushError(error) }),
    );
  }

  start(): void {
    this.loop.start();
  }

  /** There is, or may be, work. */
  nudge(): void {
    this.loop.nudge();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await this.messages.letGo();
  }

  private async workOn(): Promise<void> {
    for (let some = true; some && !this.loop.isStopped;) {
      some = await this.piece(() => this.messages.round());
      if (!this.loop.isStopped) some = (await this.piece(() => this.rows.round())) || some;
    }
    await this.trim();
  }

  /** Whether there was something to do. */
  private async piece(round: () => Promise<Round>): Promise<boolean> {
    await this.dispatcher.room();
    const began = this.clock.elapsed();
    const done = await round();
    if (done === 'bulk' && !this.loop.isStopped) await this.breath.after(began);
    else await new Promise<void>((resolve) => this.clock.soon(resolve));
    return done !== 'nothing';
  }

  private async trim(): Promise<void> {
    const elapsed = this.clock.elapsed();
    if (this.loop.isStopped || elapsed < this.trimAt) return;
    this.trimAt = elapsed + TRIM_EVERY_MS;
    await this.store.trim(this.clock.now() - this.limits.keepMs, TRIM_ROWS);
  }
}
