import type { UserRef } from '../model/device.js';
import type { Position, StreamRef } from '../model/stream.js';
import type { Place } from './message-store.js';

/** A user has read a thread of a stream up to a position; without a thread, the whole stream. */
export interface ReadMark extends StreamRef {
  readonly user: string;
  readonly thread?: string;
  readonly position: Position;
  /** When it was set. Unix milliseconds. */
  readonly at: number;
}

export interface MarksRequest extends UserRef {
  /** Unix milliseconds. */
  readonly since: number;
}

export interface UnreadRequest extends StreamRef {
  readonly user: string;
  /** Leaves out what is not for this device. Without: what is for no device of the user. */
  readonly device?: string;
  /** Only what follows this `seq` can count: where the user was subscribed, for a topic. Default 0. */
  readonly since?: number;
  /** Only this thread. */
  readonly thread?: string;
  /** What has expired by then does not count. Unix milliseconds. */
  readonly now: number;
}

/** A place, and the thread of the message there. */
export interface ThreadPlace extends Place {
  readonly thread?: string;
}

/** Per user, stream and thread, the highest `seq` read. */
export interface ReadStore {
  /**
   * Atomic over the batch. A mark only moves forward inside an epoch, one of another epoch replaces it. Resolves, in
   * their order, with whether each mark moved.
   */
  advance(marks: readonly ReadMark[]): Promise<readonly boolean[]>;
  /** For each request, the user's marks that were set at `since` or later, oldest first. */
  changedSince(requests: readonly MarksRequest[]): Promise<readonly (readonly ReadMark[])[]>;
  /**
   * For each request, the entries after the user's marks (that of their thread and that of the whole stream), counted by
   * thread; those without a thread under `''`. Recalled and expired entries, and entries not for the user, do not count.
   */
  unread(requests: readonly UnreadRequest[]): Promise<readonly ReadonlyMap<string, number>[]>;
  /** Whether the user has a mark that covers the place (same epoch; that of its thread, or of the whole stream). In their order. */
  covers(asked: readonly (ThreadPlace & UserRef)[]): Promise<readonly boolean[]>;
  /** For each place, how many users have a mark that covers it (same epoch). In their order. */
  readers(tenant: string, places: readonly ThreadPlace[]): Promise<readonly number[]>;
}
