import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { Retention } from '../options.js';
import type { MessageStore } from '../store/message-store.js';

const PER_CALL = 2000;

/** Removes what is no longer kept, a small batch at a time, so that publishes in between do not wait long. */
export class Trim {
  private timer?: Timer;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: MessageStore,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly retention: Readonly<Retention>,
  ) {}

  start(): void {
    this.timer = this.clock.after(this.retention.everyMs, () => {
      this.round = this.trimAll().finally(() => {
        if (this.timer) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.round;
  }

  private async trimAll(): Promise<void> {
    const now = this.clock.now();
    const request = {
      acceptedBefore: now - this.retention.maxAgeMs,
      keepPerStream: this.retention.maxEntries,
      limit: PER_CALL,
      now,
    };
    try {
      while (this.timer && (await this.store.trim(request)) >= PER_CALL);
    } catch (error) {
      this.events.emit('trouble', { during: 'retention', error });
    }
  }
}
