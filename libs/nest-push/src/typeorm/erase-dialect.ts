import type { Row } from './sql-connection.js';
import type { Steps } from './steps.js';

/** Tables that hold something of a tenant, and so of its users. */
export type Erasable =
  | 'message'
  | 'entry'
  | 'stream'
  | 'idempotency'
  | 'cursor'
  | 'device'
  | 'token'
  | 'subscription'
  | 'follow'
  | 'readMark'
  | 'presence'
  | 'preference'
  | 'notification'
  | 'revocation'
  | 'job'
  | 'spared'
  | 'setting'
  | 'ticket';

/** Values by column. */
export type Where = Readonly<Record<string, string>>;

/** The statements that erase; see `SqlDialect` for what they have in common. A name is searched for in JSON texts. */
export interface EraseDialect {
  /** `bucket, mark` of those that are marked. */
  renewals(buckets: readonly number[]): Steps<Row[]>;
  putRenewal(bucket: number, mark: string): Steps<unknown>;
  /** Removes rows that match, at most so many; answers how many. */
  eraseRows(table: Erasable, where: Where, limit: number): Steps<number>;
  eraseNotifications(tenant: string, user: string, limit: number): Steps<number>;
  /** Locks the stream until the end of the unit; `head`, nothing where there is none. */
  lockStream(tenant: string, stream: string): Steps<Row[]>;
  /** `seq, message_id` of the first entries. */
  oldestEntries(tenant: string, stream: string, limit: number): Steps<Row[]>;
  /** `stream`, by name, after one. */
  streamsOf(tenant: string, after: string, limit: number): Steps<Row[]>;
  /** `key` of the last of the `limit` keys after one; nothing where there are not so many. */
  keysEnd(tenant: string, after: string, limit: number): Steps<Row[]>;
  /** `key, audience, accepted_at` of keys after one, up to another (null: to the end), whose message's audience holds the name. */
  keysNaming(tenant: string, after: string, until: string | null, name: string): Steps<Row[]>;
  /** As `keysEnd`, of messages by `id`. */
  messagesEnd(tenant: string, after: string, limit: number): Steps<Row[]>;
  /** `id, audience, notification, accepted_at` of messages after one, up to another, that hold the name in either. */
  messagesNaming(tenant: string, after: string, until: string | null, name: string): Steps<Row[]>;
  /** The notification of one that was recalled meanwhile stays away. */
  setAudience(tenant: string, id: string, audience: string, notification: string | null): Steps<unknown>;
  /** `stream, seq, filter` of the message's entries whose filter holds the name. */
  filtersNaming(tenant: string, id: string, name: string): Steps<Row[]>;
  setFilter(tenant: string, stream: string, seq: number, filter: string | null): Steps<unknown>;
  /** A row where a message accepted until then, whose audience holds the name, is still being appended. */
  fanOutsNaming(tenant: string, name: string, until: number): Steps<Row[]>;
  /** `digest, identity` */
  ticketsNaming(name: string): Steps<Row[]>;
  /** Revocations of before, of names from one up to another. */
  dropRevocations(before: number, from: string, until: string): Steps<unknown>;
}
