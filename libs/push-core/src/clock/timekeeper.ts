import type { Timer } from './clock.js';
import type { StoreClock } from './store-clock.js';

/** Compares the engine's time with the store's, now and then; what it hears tells at the same time whether the store is there. */
export class Timekeeper {
  private timer?: Timer;
  private stopped = false;

  constructor(
    private readonly clock: StoreClock,
    private readonly everyMs: number,
    /** Told after each comparison: undefined, or why there was none. */
    private readonly heard: (error: unknown) => void,
  ) {}

  /** Rejects when the store does not answer. */
  async start(): Promise<void> {
    await this.clock.compare();
    this.plan();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private plan(): void {
    this.timer = this.clock.after(this.everyMs, () => void this.look());
  }

  private async look(): Promise<void> {
    try {
      await this.clock.compare();
      if (!this.stopped) this.heard(undefined);
    } catch (error) {
      if (!this.stopped) this.heard(error);
    }
    if (!this.stopped) this.plan();
  }
}
