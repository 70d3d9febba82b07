import type { Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { ResolvedOptions } from '../options.js';
import { isBegunAnew, type LiveStream } from './live-stream.js';

const PER_CALL = 500;

/**
 * Compares the heads of followed streams with the store, a part at a time: a hint that was lost costs at most one round
 * of latency, never a message. While the bus is away, looking is all there is: then it looks more often.
 */
export class Sweep {
  private timer?: Timer;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: ResolvedOptions,
    private readonly events: Events,
    private readonly streams: () => Iterable<LiveStream>,
    private readonly begunAnew: (live: LiveStream) => void,
  ) {}

  start(): void {
    this.plan(this.options.clock.elapsed());
  }

  private plan(lastAt: number): void {
    const { clock, bus, limits } = this.options;
    this.timer = clock.after(Math.min(limits.sweepMs, limits.sweepWithoutBusMs), () => {
      const elapsed = clock.elapsed();
      if (bus.status().state === 'up' && elapsed - lastAt < limits.sweepMs) return this.plan(lastAt);
      this.round = this.compareAll().finally(() => {
        if (this.timer) this.plan(elapsed);
      });
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.round;
  }

  private async compareAll(): Promise<void> {
    const streams = [...this.streams()];
    try {
      for (let i = 0; i < streams.length && this.timer; i += PER_CALL)
        await this.compare(streams.slice(i, i + PER_CALL));
    } catch (error) {
      this.events.emit('trouble', { during: 'sweep of stream heads', error });
    }
  }

  private async compare(some: readonly LiveStream[]): Promise<void> {
    const streams = some.filter((live) => live.established);
    const states = await this.options.store.messages.states(streams);
    streams.forEach((live, i) => {
      const state = states[i];
      if (!state) return;
      if (isBegunAnew(live, state.epoch)) this.begunAnew(live);
      else if (live.observe(state.head)) live.pumpAll();
    });
  }
}
