import type { StreamName } from '../wire.js';

export interface InboxQuery {
  /** Entries with a greater `seq`. Default 0. */
  after?: number;
  /** 1–500, default 100. */
  limit?: number;
  thread?: string;
}

export interface InboxEntry {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly thread?: string;
  readonly data?: unknown;
  /** Unix milliseconds. */
  readonly at: number;
}

/** A part of one stream. */
export interface EntriesQuery {
  /** `@me` (needs `user`), `@all` or a topic: as events name it. */
  readonly stream: StreamName;
  /** Whose `@me` it is. Of any other stream, leaves out what is not for this user. */
  readonly user?: string;
  /** Leaves out what is not for this device of the user. */
  readonly device?: string;
  /** The first and the last `seq`, both included; 500 at most. */
  readonly from: number;
  readonly to: number;
  readonly thread?: string;
}

/** What is stored in a user's own stream. */
export interface Inbox {
  readonly epoch: string;
  readonly head: number;
  /** Lowest `seq` kept; head + 1 when none is. */
  readonly first: number;
  readonly entries: readonly InboxEntry[];
  readonly unread: { readonly total: number; readonly threads: Readonly<Record<string, number>> };
}
