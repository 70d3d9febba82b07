/** A job's name: unique by tenant, kind and id. */
export interface JobRef {
  readonly tenant: string;
  /** What is to be done, for example `fan-out`. */
  readonly kind: string;
  /** What it is about, for example a message's id. */
  readonly id: string;
}

export interface NewJob extends JobRef {
  /** JSON text. */
  readonly payload: string;
  /** Steps done when it is stored, of `size`. */
  readonly position: number;
  readonly size: number;
  /** Not before then. Unix milliseconds. */
  readonly dueAt: number;
}

export interface Job extends NewJob {
  /** How often it was claimed, this time included: counted before the work, so that one that kills its worker is found. */
  readonly attempts: number;
}

/** One step of a job, inside the transaction that does it. */
export interface JobStep extends JobRef {
  readonly from: number;
  readonly to: number;
  /** Who works on it, and for how long from now on. */
  readonly owner: string;
  readonly leaseUntil: number;
}

export interface ClaimRequest {
  readonly kind: string;
  /** Whoever claims; anybody else may claim it again once the lease has ended. */
  readonly owner: string;
  /** Unix milliseconds. */
  readonly now: number;
  readonly leaseUntil: number;
  /** At most so many jobs, one a tenant: no tenant's jobs keep another's waiting, and they are done one after the other. */
  readonly limit: number;
  /** Tenants that are left out: whoever claims works for them already. */
  readonly busy: readonly string[];
}

export interface TakeRequest {
  readonly kind: string;
  readonly owner: string;
  /** Unix milliseconds. */
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
  /** At most so many of one tenant. */
  readonly perTenant: number;
  /** Tenants that are left out. */
  readonly without?: readonly string[];
}

export interface DeadJob extends Job {
  readonly reason: string;
  /** Unix milliseconds. */
  readonly diedAt: number;
}

/**
 * Work that must happen although the process may die: stored in the transaction that makes it necessary, done under a
 * lease, taken over by somebody else when that ends. Polling alone finds it.
 */
export interface JobStore {
  /**
   * Each tenant's first job, by when it is due and then in the order they were stored, where it is due and nobody holds it;
   * counted as an attempt. While it is held or postponed, the tenant's later ones wait for it. Never to two at once.
   */
  claim(request: ClaimRequest): Promise<readonly Job[]>;
  /**
   * Jobs that are due and that nobody holds, whatever is before them: each tenant's oldest, `perTenant` at most, in turns: the oldest of
   * every tenant before the second of any, the longest due first; counted as an attempt. Never to two at once.
   */
  take(request: TakeRequest): Promise<readonly Job[]>;
  /** Due at `dueAt` where they would have been later, those postponed too. What is held, or not there any more, is left as it is. */
  hasten(jobs: readonly JobRef[], dueAt: number): Promise<void>;
  /** Gives a job back, to be claimed again from `dueAt` on; it keeps its place. Nothing where `owner` does not hold it any more. */
  postpone(job: JobRef, owner: string, dueAt: number): Promise<void>;
  /** Removes a job that is done. Nothing where `owner` does not hold it any more. */
  finish(job: JobRef, owner: string): Promise<void>;
  /** As `finish`, in one transaction. */
  finishAll(jobs: readonly JobRef[], owner: string): Promise<void>;
  /** Gives up: the job is kept among the dead, and claimed no more. Nothing where `owner` does not hold it any more. */
  bury(job: JobRef, owner: string, reason: string, now: number): Promise<void>;
  /** A job that is not done, and not dead. Its progress is `position` of `size`. */
  find(job: JobRef): Promise<NewJob | undefined>;
  /** Dead jobs of a kind, those that died last first. */
  dead(tenant: string, kind: string, limit: number): Promise<readonly DeadJob[]>;
  /** Jobs of a kind that are neither done nor dead, of all tenants. */
  pending(kind: string): Promise<number>;
}
