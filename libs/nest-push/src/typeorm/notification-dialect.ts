import type { Row } from './sql-connection.js';
import type { Steps } from './steps.js';

/** A notification's name: tenant, message id, user, device. */
export type NotificationName = readonly [tenant: string, messageId: string, user: string, device: string];

type Rows = readonly (readonly unknown[])[];

/**
 * The statements about notifications; see `SqlDialect` for what they have in common. "The columns" are those of
 * `NOTIFICATION_COLUMNS`.
 */
export interface NotificationDialect {
  /** The columns, for each name once. Those whose name is there already are left out; answers `at` of the others. */
  addNotifications(rows: Rows): Steps<Row[]>;
  /** Takes and answers the columns as they are then; never what another transaction is taking. */
  claimNotifications(
    owner: string,
    now: number,
    leaseUntil: number,
    limit: number,
    perTenant: number,
    without: readonly string[],
  ): Steps<Row[]>;
  /** `at` of those in that state, and of that owner where one is given; locked until the end of the unit. */
  lockNotifications(names: readonly NotificationName[], state: string, owner: string | null): Steps<Row[]>;
  /** Replaces all columns of rows that were locked. */
  putNotifications(rows: Rows): Steps<unknown>;
  /** Fields: the name, then shown at, opened at, retracted at, state, reason, each null where it stays. Rows that were locked. */
  markNotifications(rows: Rows): Steps<unknown>;
  /** They become `waiting`, due now, without attempts. Rows that were locked. */
  replayNotifications(names: readonly NotificationName[], now: number): Steps<unknown>;
  /** They are due now. Rows that were locked. */
  hastenNotifications(names: readonly NotificationName[], now: number): Steps<unknown>;
  /** Rows that were locked. */
  dropNotifications(names: readonly NotificationName[]): Steps<unknown>;

  /** The columns, by user and device, after these; of one user where one is given. */
  notifications(
    tenant: string,
    messageId: string,
    user: string | null,
    after: readonly [user: string, device: string],
    limit: number,
  ): Steps<Row[]>;
  /** `at, notified, failed` */
  countNotifications(tenant: string, messageIds: readonly string[]): Steps<Row[]>;
  /** `at` and the columns, by `at` and `created_at`. A request: tenant, user, since. */
  outstandingNotifications(requests: Rows, most: number): Steps<Row[]>;
  /** `at, sent`. A request: tenant, user, device, provider, since. */
  sentNotifications(requests: Rows): Steps<Row[]>;
  /** `at, messages, last`. A request: tenant, user, thread, since. */
  recentNotifications(requests: Rows): Steps<Row[]>;
  /** The columns; one row at most. */
  notificationNamed(tenant: string, provider: string, id: string): Steps<Row[]>;
  /** The columns, those that died last first, without the first `skipped`. */
  deadNotifications(tenant: string, skipped: number, limit: number): Steps<Row[]>;
  /** The columns of those that wait for this provider, for one of these reasons, and are not due by then. */
  waitingNotifications(
    tenant: string,
    provider: string,
    reasons: readonly string[],
    now: number,
    limit: number,
  ): Steps<Row[]>;
  /** `notifications`: how many wait or are being sent. */
  countOpenNotifications(): Steps<Row[]>;
  /** Answers a row for each that was removed. */
  trimNotifications(before: number, limit: number): Steps<Row[]>;
}
