import type { Clock, Timer } from './clock.js';

/**
 * Work that is looked for now and then, and at once when told of it; never twice at a time.
 *
 *   idle     nothing known to do                                    → working when nudged, or every `everyMs`
 *   working  `work` runs; nudged meanwhile, it runs once more        → idle, also when it fails
 *   stopped  from any state; what is under way is waited for. Final.
 *
 * Between its steps `work` looks at `isStopped`. Where it rejects, `failed` is told, and it is tried again when its time comes.
 */
export class WorkLoop {
  private timer?: Timer;
  private underWay: Promise<void> = Promise.resolve();
  private isWorking = false;
  private askedAgain = false;
  private stopped = true;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  get isStopped(): boolean {
    return this.stopped;
  }

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
    this.underWay = this.run().finally(() => (this.isWorking = false));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = undefined;
    await this.underWay;
  }

  private plan(): void {
    this.timer = this.clock.after(this.everyMs, () => {
      this.nudge();
      if (!this.stopped) this.plan();
    });
  }

  private async run(): Promise<void> {
    try {
      do {
        this.askedAgain = false;
        await this.work();
      } while (this.askedAgain && !this.stopped);
    } catch (error) {
      this.failed(error);
    }
  }
}
