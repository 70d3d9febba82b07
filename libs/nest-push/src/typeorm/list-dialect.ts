import type { Row } from './sql-connection.js';
import type { Steps } from './steps.js';

/**
 * The statements that list; see `SqlDialect` for what they have in common. Each reads as many rows of an index as it answers,
 * whatever there is beside them. "Between": from the first on, before the second.
 */
export interface ListDialect {
  /** `id, type, thread, accepted_at`, by `id` descending, below one. */
  messagesBelow(tenant: string, below: string, limit: number): Steps<Row[]>;
  /** `seq, id, type, thread, accepted_at`, by `seq` descending, below one. */
  entriesBelow(tenant: string, stream: string, below: number, limit: number): Steps<Row[]>;
  /** `user`, each once, between. */
  deviceUsers(tenant: string, from: string, before: string, limit: number): Steps<Row[]>;
  presenceUsers(tenant: string, from: string, before: string, limit: number): Steps<Row[]>;
  /** `stream` between. */
  streamsBetween(tenant: string, from: string, before: string, limit: number): Steps<Row[]>;
  /** `user, devices` from one user to another, both included. */
  countDevices(tenant: string, from: string, to: string): Steps<Row[]>;
  /** `topic`, each once, between; however many subscribers one has. */
  subscribedTopics(tenant: string, from: string, before: string, limit: number): Steps<Row[]>;
  /** `subscribers`, counted up to `most`. */
  countSubscribersUpTo(tenant: string, topic: string, most: number): Steps<Row[]>;
  /** `device, stream, epoch, seq`, by `device` and `stream`. */
  cursorsOf(tenant: string, user: string, limit: number): Steps<Row[]>;
}
