import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import { targetsOf } from '../model/audience.js';
import type { Message } from '../model/message.js';
import type { NewJob } from '../store/job-store.js';
import type { MessageStore } from '../store/message-store.js';
import { spread } from './spread.js';
import type { CommitQueue } from './commit-queue.js';

const PER_ROUND = 500;

/**
 * Lets scheduled messages join their streams when they are due. It polls, so nothing is lost with a process; a message
 * two nodes release at once is released once, the other attempt reads as a duplicate.
 */
export class Release {
  private timer?: Timer;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: MessageStore,
    private readonly queue: CommitQueue,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly everyMs: number,
    private readonly fanOutPage: number,
    private readonly jobsFor: (message: Message) => readonly NewJob[] | undefined,
    /** Tenants whose messages wait. */
    private readonly suspended: () => readonly string[],
  ) {}

  start(): void {
    this.timer = this.clock.after(this.everyMs, () => {
      this.round = this.releaseDue().finally(() => {
        if (this.timer) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.round;
  }

  private async releaseDue(): Promise<void> {
    try {
      const due = await this.store.due(this.clock.now(), PER_ROUND, this.suspended());
      await Promise.all(
        due.map((message) =>
          this.queue.append({
            ...spread(message, targetsOf(message.to), this.fanOutPage),
            jobs: this.jobsFor(message),
            when: 'release',
          }),
        ),
      );
    } catch (error) {
      this.events.emit('trouble', { during: 'release of scheduled messages', error });
    }
  }
}
