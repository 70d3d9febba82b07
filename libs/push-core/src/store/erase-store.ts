import type { JobRef, NewJob } from './job-store.js';

/** Whose data goes: a user's, or without `user` everything of the tenant. */
export interface EraseSubject {
  readonly tenant: string;
  readonly user?: string;
}

/** What was removed, in rows. */
export interface ErasedCounts {
  /** Messages that were for nobody else. */
  readonly messages: number;
  /** Messages to others too: the user was taken out of their audience. */
  readonly audiences: number;
  /** Entries of streams. */
  readonly entries: number;
  readonly devices: number;
  readonly subscriptions: number;
  readonly notifications: number;
  /** Cursors, read marks, presence, preferences, tokens, keys, tickets, settings, jobs. */
  readonly others: number;
}

export interface EraseBegin extends EraseSubject {
  /** What was accepted until then is to go. Tokens issued before are no longer good. Unix milliseconds. */
  readonly at: number;
  /** Names the lives of streams that begin where an erased one was. */
  readonly mark: string;
  /** The work, for whoever finds it undone. */
  readonly job: NewJob;
}

export interface EraseStep extends EraseSubject {
  readonly at: number;
  readonly mark: string;
  /** `next` of the step before; absent: from the beginning. */
  readonly from?: string;
  /** At most about this many rows are removed, or looked at. */
  readonly limit: number;
}

export interface EraseOutcome {
  readonly counts: Partial<ErasedCounts>;
  /** Where the next step goes on; absent: nothing is left. */
  readonly next?: string;
  /** Others are at work on something that has to be over before: try again in a while. */
  readonly isBusy?: boolean;
}

/**
 * Takes away what is kept about a user, or of a tenant, in steps that each hold others up for a short time only. Steps are
 * idempotent: whoever takes over from a crash may begin again.
 *
 * A stream that was erased and comes again begins at `seq` 1 under an epoch of its own, so that a position from before says
 * nothing about it.
 */
export interface EraseStore {
  /** Stores the job; of a user also that its tokens are revoked. In one transaction. */
  begin(erase: EraseBegin): Promise<void>;
  /**
   * One step. What others accepted after `at` stays, apart from entries that join the user's stream while it is taken
   * away. Who else a message was for, and what it says to them, stays.
   */
  step(erase: EraseStep): Promise<EraseOutcome>;
  /**
   * Removes the job, and the revocation by name: tokens of before `at` are refused by a digest of it from then on
   * (`AccessStore.revokedAt` finds it).
   */
  end(erase: EraseSubject & { readonly at: number; readonly job: JobRef }): Promise<void>;
  /** Forgets digests of users erased before then. Unix milliseconds. */
  forget(before: number): Promise<void>;
}
