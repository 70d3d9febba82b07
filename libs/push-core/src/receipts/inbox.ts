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

/** What is stored in a user's own stream. */
export interface Inbox {
  readonly epoch: string;
  readonly head: number;
  /** Lowest `seq` kept; head + 1 when none is. */
  readonly first: number;
  readonly entries: readonly InboxEntry[];
  readonly unread: { readonly total: number; readonly threads: Readonly<Record<string, number>> };
}
