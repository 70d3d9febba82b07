import type { Clock } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { NotificationRow, NotificationStore } from '../store/notification-store.js';
import type { Breath } from './breath.js';

const BATCH = 32;

interface Waiting {
  readonly row: NotificationRow;
  readonly resolve: () => void;
}

/**
 * Outcomes on their way to the store, many in one transaction. Where the store fails they are not tried again here: the rows stay
 * `sending`, and whoever finds them when their time is over counts an attempt of which nobody knows what came of it.
 */
export class SettleQueue {
  private waiting: Waiting[] = [];
  private writing?: Promise<void>;
  private readonly others = new Set<Promise<unknown>>();

  constructor(
    private readonly store: NotificationStore,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly owner: string,
    private readonly breath: Breath,
  ) {}

  put(row: NotificationRow): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ row, resolve });
      this.writing ??= new Promise<void>((begin) => this.clock.soon(begin)).then(() => this.writeAll());
    });
  }

  /** Something that nobody waits for, apart from `settled`. */
  dropTokens(work: () => Promise<unknown>): void {
    const done: Promise<unknown> = work()
      .catch((error: unknown) => this.events.emit('trouble', { during: 'removal of dead tokens', error }))
      .finally(() => this.others.delete(done));
    this.others.add(done);
  }

  failed(during: string, error: unknown): void {
    this.events.emit('trouble', { during, error });
  }

  async settled(): Promise<void> {
    while (this.writing) await this.writing;
    await Promise.all(this.others);
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      const began = this.clock.elapsed();
      const now = this.clock.now();
      const rows = batch.map(({ row }) => ({ ...row, updatedAt: now }));
      try {
        const written = await this.store.settle(rows, this.owner, now);
        rows.forEach((row, i) => written[i] && this.tell(row));
      } catch (error) {
        this.events.emit('trouble', { during: 'write of notification outcomes', error });
      }
      for (const { resolve } of batch) resolve();
      if (this.waiting.length >= BATCH) await this.breath.after(began);
    }
    this.writing = undefined;
  }

  private tell(row: NotificationRow): void {
    const { tenant, user, device, messageId, provider, reason } = row;
    const about = { tenant, user, device, id: messageId, provider };
    if (row.state === 'accepted') this.events.emit('notified', about);
    else if (row.state === 'failed' || row.state === 'dead')
      this.events.emit('failed', { ...about, state: row.state, reason: reason ?? row.state });
  }
}
