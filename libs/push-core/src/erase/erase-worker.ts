import type { Clock } from '../clock/clock.js';
import { WorkLoop } from '../clock/work-loop.js';
import type { Events } from '../events.js';
import type { Job } from '../store/job-store.js';
import type { Store } from '../store/store.js';
import { ERASE_TENANT, ERASE_USER, planOf, subjectOf } from './erase-job.js';
import type { Eraser } from './eraser.js';

const POLL_MS = 5_000;
/** Digests of erased names are forgotten: no token this engine's hosts are told to issue lives longer than 30 days. */
export const ERASED_NAMES_KEPT_MS = 31 * 24 * 3600 * 1000;
const FORGET_EVERY_MS = 3600 * 1000;

export interface EraseWorkerLimits {
  readonly jobLeaseMs: number;
}

/**
 * Finishes erasures that nobody is at any more, one after the other.
 *
 *   idle     nothing known to do             → working when told of work, or every five seconds
 *   working  takes a job, does its steps while it holds it, and again until there is none  → idle
 *   stopped  from any state; what is held is taken up by somebody else when the lease ends. Final.
 */
export class EraseWorker {
  private readonly loop: WorkLoop;
  private forgetAt = 0;

  constructor(
    private readonly eraser: Eraser,
    private readonly store: Store,
    private readonly clock: Clock,
    events: Events,
    private readonly owner: string,
    private readonly limits: EraseWorkerLimits,
  ) {
    this.loop = new WorkLoop(
      clock,
      POLL_MS,
      () => this.workOn(),
      (error) => events.emit('trouble', { during: 'erasure', error }),
    );
  }

  start(): void {
    this.loop.start();
  }

  nudge(): void {
    this.loop.nudge();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  private async workOn(): Promise<void> {
    for (const kind of [ERASE_USER, ERASE_TENANT]) {
      for (let job = await this.take(kind); job && !this.loop.isStopped; job = await this.take(kind))
        await this.finish(job);
    }
    await this.forget();
  }

  private async take(kind: string): Promise<Job | undefined> {
    const now = this.clock.now();
    const leaseUntil = now + this.limits.jobLeaseMs;
    const [job] = await this.store.jobs.take({ kind, owner: this.owner, now, leaseUntil, limit: 1, perTenant: 1 });
    return job;
  }

  private async finish(job: Job): Promise<void> {
    let heldUntil = this.clock.elapsed() + this.limits.jobLeaseMs;
    await this.eraser.run(subjectOf(job), planOf(job.payload), async () => {
      if (this.loop.isStopped) return false;
      if (this.clock.elapsed() < heldUntil - this.limits.jobLeaseMs / 2) return true;
      const isHeld = await this.hold(job);
      heldUntil = this.clock.elapsed() + this.limits.jobLeaseMs;
      return isHeld;
    });
  }

  /** Another lease of the job; false where somebody else has it. */
  private async hold(job: Job): Promise<boolean> {
    const now = this.clock.now();
    const leaseUntil = now + this.limits.jobLeaseMs;
    const step = { job, owner: this.owner, payload: job.payload, leaseUntil, rows: [] };
    const [held] = await this.store.notifications.decide([step], now);
    return held !== undefined;
  }

  private async forget(): Promise<void> {
    const elapsed = this.clock.elapsed();
    if (this.loop.isStopped || elapsed < this.forgetAt) return;
    this.forgetAt = elapsed + FORGET_EVERY_MS;
    await this.store.erase.forget(this.clock.now() - ERASED_NAMES_KEPT_MS);
  }
}
