import type { StreamName } from '../wire.js';

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page goes on; absent after the last one. */
  readonly next?: string;
}

/** 1–500. Default 50. */
export interface PageSize {
  readonly limit?: number;
}

export interface MessagesQuery extends PageSize {
  /** `next` of the page before. */
  readonly before?: string;
  /** Only what lies in this user's own stream: messages to a topic do not. */
  readonly user?: string;
  /** Only what lies in this topic. Not together with `user`. */
  readonly topic?: string;
  readonly type?: string;
  readonly thread?: string;
  /** Accepted at `since` or later, before `until`. Unix milliseconds. */
  readonly since?: number;
  readonly until?: number;
}

export interface NamesQuery extends PageSize {
  /** Only names that begin so. */
  readonly prefix?: string;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Whom a message names, the first few of each. */
export interface AudienceSummary {
  readonly users?: readonly string[];
  readonly devices?: readonly { readonly user: string; readonly device: string }[];
  readonly topics?: readonly string[];
  readonly all?: boolean;
}

export interface MessageSummary {
  readonly id: string;
  readonly type: string;
  readonly thread?: string;
  /** Unix milliseconds, as all times here. */
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly dueAt?: number;
  readonly recalledAt?: number;
  /** As far as the message itself knows it; `Push.message` tells whether it was delivered. */
  readonly state: 'recalled' | 'scheduled' | 'stored' | 'expired';
  /** Users it names; subscribers of topics are not among them. */
  readonly recipients: number;
  readonly to: AudienceSummary;
}

export interface UserSummary {
  readonly user: string;
  /** Registered devices. */
  readonly devices: number;
  readonly online: boolean;
  /** Unix milliseconds; absent for a user never seen. */
  readonly lastSeenAt?: number;
}

export interface CursorSummary {
  readonly device: string;
  readonly s: StreamName;
  readonly epoch: string;
  readonly seq: number;
  /** The stream's head, and how far the device is behind it. */
  readonly head: number;
  readonly lag: number;
}

export interface TopicSummary {
  readonly topic: string;
  readonly subscribers: number;
  /** There are more; counting ends at 10,000. */
  readonly subscribersAtLeast?: true;
  readonly head: number;
}

/**
 * What there is, a page at a time. A page costs the same however much is stored; one of messages looks at some thousands at
 * most, so with rare filters it can be short, or empty, and still have a `next`. Throws INVALID.
 */
export interface Lists {
  /** Newest first. */
  messages(tenant: string, query?: MessagesQuery): Promise<Page<MessageSummary>>;
  /** Users with a device, a connection once, or a message, by name. */
  users(tenant: string, query?: NamesQuery): Promise<Page<UserSummary>>;
  /** Where the user's devices stand in their streams, by device. */
  cursors(tenant: string, user: string): Promise<readonly CursorSummary[]>;
  /** Topics with a subscriber or a message, by name. */
  topics(tenant: string, query?: NamesQuery): Promise<Page<TopicSummary>>;
}
