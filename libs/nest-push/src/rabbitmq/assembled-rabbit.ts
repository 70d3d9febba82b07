import type { BusStatus } from 'push-core';
import { settledWithin } from './deadline.js';
import type { Dial } from './dial.js';
import type { Rabbit, RabbitStatus } from './rabbit.js';
import { RabbitBus } from './rabbit-bus.js';
import { RabbitQueue } from './rabbit-queue.js';
import type { ResolvedSettings } from './rabbit-settings.js';
import { Session } from './session.js';
import type { Tuning } from './tuning.js';
import { Watchdog } from './watchdog.js';

/** A publication that waits for its confirm as many deadlines long, while others are answered, is not waited for. */
const GIVE_UP_DEADLINES = 3;

export class AssembledRabbit implements Rabbit {
  readonly bus: RabbitBus;
  readonly queue: RabbitQueue;
  readonly session: Session;
  readonly watchdog: Watchdog;
  private readonly listeners = new Set<(status: RabbitStatus) => void>();
  private told: BusStatus;
  private closing?: Promise<void>;

  constructor(
    private readonly settings: ResolvedSettings,
    dial: Dial,
    private readonly tuning: Tuning,
  ) {
    this.session = new Session(dial, tuning);
    this.watchdog = new Watchdog(this.session, tuning.watchMs, () => this.lookAtConfirms());
    this.bus = new RabbitBus(settings, this.session, this.watchdog, tuning);
    this.queue = new RabbitQueue(settings, this.session, this.watchdog, tuning);
    this.told = this.session.status();
    this.session.onStep(() => this.tell());
  }

  status(): RabbitStatus {
    return { ...this.session.status(), ...this.trouble(), consumers: this.watchdog.count(), hints: this.bus.counts() };
  }

  onChange(listener: (status: RabbitStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await settledWithin(this.tuning.finishMs, Promise.all([this.queue.close(), this.bus.close()]));
    await this.session.close();
    this.listeners.clear();
  }

  /** The connection is up, but something on it is not as it should be. */
  private trouble(): Partial<BusStatus> {
    if (this.session.status().state !== 'up') return {};
    const [reason] = this.session.laneTroubles();
    return reason === undefined ? {} : { state: 'blocked', reason };
  }

  private tell(): void {
    const { state, reason } = this.status();
    if (state === this.told.state && reason === this.told.reason) return;
    this.told = { state, reason };
    for (const listener of [...this.listeners]) listener(this.status());
  }

  private lookAtConfirms(): void {
    const { confirmTimeoutMs } = this.settings;
    for (const publisher of [this.bus.publisher, this.queue.publisher, this.queue.replies]) {
      const overdueMs = publisher.overdueMs();
      if (overdueMs > confirmTimeoutMs) this.session.hear('overdue');
      if (overdueMs > confirmTimeoutMs * GIVE_UP_DEADLINES) publisher.lane.rebuild('confirms stayed away');
    }
  }
}
