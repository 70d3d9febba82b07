import type { UserRef } from '../model/device.js';
import type { StreamId } from '../model/stream.js';
import type { JobRef } from './job-store.js';

/**
 * What became of telling one device of one message. `device` is `''` for what was decided about the user as a whole.
 *
 *   waiting    → to be tried from `dueAt` on (put off by policy, or to be tried again)
 *   sending    → somebody is at it until `dueAt`; whoever finds it later than that does not know whether it was written
 *   accepted   the provider took it                        (an outcome, as the rest)
 *   failed     it will not be tried again; `reason`
 *   suppressed policy, or nothing to send to; `reason`
 *   cancelled  acknowledged, read, recalled or expired before it was sent; `reason`
 *   dead       tried in vain; kept for `replay`; `reason`
 */
export type NotificationState = 'waiting' | 'sending' | 'accepted' | 'failed' | 'suppressed' | 'cancelled' | 'dead';

export interface NotificationKey extends UserRef {
  readonly messageId: string;
  readonly device: string;
}

export interface NotificationRow extends NotificationKey {
  readonly state: NotificationState;
  /** See `NotificationState`. Unix milliseconds. */
  readonly dueAt: number;
  /** Sends begun. */
  readonly attempts: number;
  /** Of them, those of which nobody knows whether they were written. */
  readonly unknown: number;
  /** Whose it is while it is `sending`; in any other state nobody's, whatever was given. */
  readonly owner?: string;
  /** Where it went, or is to go; absent for what was decided about the user. */
  readonly provider?: string;
  /** The name it has at the provider, through all attempts (`Composed.id`). */
  readonly notificationId: string;
  /** What the provider called it. */
  readonly providerId?: string;
  /** Reason code of the state; see docs/notifications.md. */
  readonly reason?: string;
  /** The entry it is about. */
  readonly stream: StreamId;
  readonly seq: number;
  readonly thread?: string;
  /** When the row was made, and last changed: `updatedAt` is set by the store, to the `now` of the call. Unix milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Shown, as far as the provider says; opened. Unix milliseconds. */
  readonly shownAt?: number;
  readonly openedAt?: number;
  /** It was taken back. Unix milliseconds. */
  readonly retractedAt?: number;
  /** Messages a digest stands for; 1 otherwise. */
  readonly covers: number;
}

/** A page of a decision, in one transaction with the rows it made. */
export interface DecisionStep {
  readonly job: JobRef;
  readonly owner: string;
  /** The job's payload from now on: how far it has come. Undefined: the job is done, and removed. */
  readonly payload: string | undefined;
  /** … and its lease, or with `release`, given back to be claimed from `dueAt` on. Unix milliseconds. */
  readonly leaseUntil: number;
  readonly release?: { readonly dueAt: number };
  readonly rows: readonly NotificationRow[];
}

export interface ClaimNotifications {
  readonly owner: string;
  /**
   * `waiting` rows due by then, and `sending` ones whose time is over, in turns: the oldest of every tenant before the second of any.
   * Unix milliseconds.
   */
  readonly now: number;
  /** They become `sending` until then. */
  readonly leaseUntil: number;
  readonly limit: number;
  /** At most so many of one tenant. */
  readonly perTenant: number;
  /** Tenants that are left out. */
  readonly without?: readonly string[];
}

export interface NotificationCount {
  /** Users with an accepted notification. */
  readonly notified: number;
  /** Users with none, and one that failed or died. */
  readonly failed: number;
}

/** Notifications: what was decided, and what came of it. */
export interface NotificationStore {
  /**
   * Each step whole or not at all, all of them in one transaction. A step whose job `owner` does not hold any more changes nothing. Rows that are there
   * already (same key) stay as they are. Answers, a step each, the keys that are new; undefined for a step that was not done.
   */
  decide(steps: readonly DecisionStep[], now: number): Promise<readonly (readonly NotificationKey[] | undefined)[]>;
  /** Never to two at once. A row that was `sending` counts an unknown attempt more. Each counts an attempt. */
  claim(request: ClaimNotifications): Promise<readonly NotificationRow[]>;
  /** Replaces rows `owner` holds in state `sending`; others stay as they are. Answers for each whether it was replaced. */
  settle(rows: readonly NotificationRow[], owner: string, now: number): Promise<readonly boolean[]>;
  /** Of one message: for one user, by device, or for all (`user` absent), by user and device (code points) after `after`. */
  find(
    tenant: string,
    messageId: string,
    page: { user?: string; after?: { user: string; device: string }; limit: number },
  ): Promise<readonly NotificationRow[]>;
  /** In their order. */
  count(tenant: string, messageIds: readonly string[]): Promise<readonly NotificationCount[]>;
  /** Accepted, not taken back, made at `since` or later: for each user, oldest first, 200 a user at most. */
  outstanding(users: readonly UserRef[], since: number): Promise<readonly (readonly NotificationRow[])[]>;
  /** Accepted for this device since then (`updatedAt`) by this provider: for quotas a day. In their order. */
  sentSince(
    asked: readonly (UserRef & { device: string; provider: string; since: number })[],
  ): Promise<readonly number[]>;
  /**
   * Messages accepted or being sent for this user and thread, made (`createdAt`) since then; each once, to however many devices it goes:
   * for damping. `last`: the newest `createdAt` of them.
   */
  recent(
    asked: readonly (UserRef & { thread: string; since: number })[],
  ): Promise<readonly { readonly count: number; readonly last?: number }[]>;
  /**
   * Fields of accepted rows that arrive later: shown, opened, taken back. A time that is set stays; `updatedAt` does too. Answers for each
   * whether there was such a row, accepted until then.
   */
  mark(
    marks: readonly (NotificationKey & {
      shownAt?: number;
      openedAt?: number;
      retractedAt?: number;
      state?: 'failed';
      reason?: string;
    })[],
  ): Promise<readonly boolean[]>;
  /** By the provider's name of it, or ours: for callbacks. */
  byProviderId(tenant: string, provider: string, id: string): Promise<NotificationRow | undefined>;
  /** Those that died last (`updatedAt`) first, then by key; `after`: leaves out that many. */
  dead(tenant: string, page: { after?: number; limit: number }): Promise<readonly NotificationRow[]>;
  /** Dead ones become `waiting`, due now, with no attempts (and none unknown) counted and no reason. Without keys: all of the tenant, 1000 at most. Answers how many. */
  replay(tenant: string, keys: readonly NotificationKey[] | undefined, now: number): Promise<number>;
  /** Rows `waiting` for this provider, for one of these reasons, are due now; 1000 at most. Answers how many were not. */
  hasten(tenant: string, provider: string, reasons: readonly string[], now: number): Promise<number>;
  /** Removes dead ones. Without keys: all of the tenant. Answers how many. */
  purge(tenant: string, keys: readonly NotificationKey[] | undefined): Promise<number>;
  /** Rows `waiting` or `sending`, of all tenants. */
  pending(): Promise<number>;
  /** Removes rows in a final state (neither `waiting` nor `sending`) last changed before then; `limit` at most. Answers how many. */
  trim(before: number, limit: number): Promise<number>;
}
