import type { Clock } from '../clock/clock.js';
import type { Ids } from '../ids/ids.js';
import type { EraseStore, EraseSubject } from '../store/erase-store.js';
import type { JobStore } from '../store/job-store.js';
import { eraseJob, eraseRef, type ErasePlan } from './erase-job.js';
import { addErased, NOTHING_ERASED, type Erased } from './erased.js';

/** A caller is kept waiting no longer than this. */
const PATIENCE_MS = 20_000;
/** Rows a step removes, or looks at. */
const STEP_ROWS = 1000;
/** What somebody else is still at is asked about so often. */
const BUSY_MS = 200;

export interface EraserParts {
  readonly store: { readonly erase: EraseStore; readonly jobs: JobStore };
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long other nodes may go on writing what they have in memory about somebody they have not heard is gone; 0 where there are none. */
  readonly settleMs: number;
  /** Closes the subject's connections, here and on other nodes. */
  readonly showOut: (subject: EraseSubject, at: number) => void;
  /** Resolves when what this node has in memory is written. */
  readonly written: () => Promise<unknown>;
  readonly tellWorkers: () => void;
}

/**
 * Erases what is kept about a user, or of a tenant.
 *
 *   asked     the work is stored as a job, tokens are revoked                    → settling
 *   settling  connections are closed; what nodes have in memory about the subject is written, so that nothing comes
 *             after what is taken away                                         → erasing
 *   erasing   step by step, others have their turn in between                    → over, or left to a worker
 *   over      the job is gone, and with it the last mention of the name
 *
 * Whatever ends before it is over (a crash, a store that is away, the caller's patience) a worker takes up.
 */
export class Eraser {
  constructor(private readonly parts: EraserParts) {}

  async erase(subject: EraseSubject): Promise<Erased> {
    const { clock, ids, store, showOut, written, settleMs, tellWorkers } = this.parts;
    const until = clock.elapsed() + PATIENCE_MS;
    const plan = { at: clock.now(), mark: ids.epoch() };
    const job = eraseJob(subject, plan, plan.at + PATIENCE_MS);
    await store.erase.begin({ ...subject, ...plan, job });
    showOut(subject, plan.at);
    await written();
    if (settleMs > 0) await this.pause(settleMs);
    const erased = await this.run(subject, plan, async () => clock.elapsed() < until);
    if (!erased.finished) {
      await store.jobs.hasten([job], clock.now());
      tellWorkers();
    }
    return erased;
  }

  /** `mayGoOn` is asked before every further step. */
  async run(subject: EraseSubject, plan: ErasePlan, mayGoOn: () => Promise<boolean>): Promise<Erased> {
    const { store, clock } = this.parts;
    let counts = NOTHING_ERASED;
    for (let from: string | undefined; ;) {
      const step = await store.erase.step({ ...subject, ...plan, from, limit: STEP_ROWS });
      counts = addErased(counts, step.counts);
      if (step.next === undefined) break;
      if (!(await mayGoOn())) return { ...counts, finished: false };
      from = step.next;
      if (step.isBusy) await this.pause(BUSY_MS);
      else await new Promise<void>((resolve) => clock.soon(resolve));
    }
    await store.erase.end({ ...subject, at: plan.at, job: eraseRef(subject) });
    return { ...counts, finished: true };
  }

  private pause(ms: number): Promise<void> {
    return new Promise<void>((resolve) => this.parts.clock.after(ms, resolve));
  }
}
