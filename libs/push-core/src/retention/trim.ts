import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { Retention } from '../options.js';
import type { MessageStore, TrimRequest } from '../store/message-store.js';
import type { TenantException } from '../tenants/tenant-policies.js';

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
    /** Tenants that keep their entries for another time. */
    private readonly exceptions: () => Promise<readonly TenantException[]>,
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
    try {
      const own = (await this.exceptions()).filter(({ retentionMs }) => retentionMs !== undefined);
      const now = this.clock.now();
      const everybody = { keepPerStream: this.retention.maxEntries, limit: PER_CALL, now };
      for (const { tenant, retentionMs = 0 } of own)
        await this.trimOff({ ...everybody, acceptedBefore: now - retentionMs, tenant });
      const without = own.map(({ tenant }) => tenant);
      await this.trimOff({ ...everybody, acceptedBefore: now - this.retention.maxAgeMs, without });
    } catch (error) {
      this.events.emit('trouble', { during: 'retention', error });
    }
  }

  private async trimOff(request: TrimRequest): Promise<void> {
    while (this.timer && (await this.store.trim(request)) >= PER_CALL);
  }
}
