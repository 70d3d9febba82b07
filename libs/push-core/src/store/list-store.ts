import type { UserRef } from '../model/device.js';
import type { Message } from '../model/message.js';
import type { Position, StreamId } from '../model/stream.js';

export interface MessagesRequest {
  readonly tenant: string;
  /** Only entries of this stream, by `seq`; without: all messages of the tenant, by id. */
  readonly stream?: StreamId;
  /** `next` of the page before. */
  readonly before?: string;
  /** Without `stream`: only ids below this one. */
  readonly below?: string;
  readonly limit: number;
  readonly type?: string;
  readonly thread?: string;
  /** Accepted at `since` or later, before `until`. Unix milliseconds. */
  readonly since?: number;
  readonly until?: number;
}

export interface ListedMessage extends Omit<Message, 'data' | 'notification' | 'options'> {
  /** Scheduled, and not due yet. */
  readonly held: boolean;
}

export interface MessagesPage {
  readonly messages: readonly ListedMessage[];
  /** There may be more after it. A page looks at a bounded number of messages, so that it can be short, or empty, and have a `next`. */
  readonly next?: string;
}

export interface NamesRequest {
  readonly tenant: string;
  /** Only names that begin so; `''` for all. */
  readonly prefix: string;
  /** Only names after this one. */
  readonly after: string;
  readonly limit: number;
}

export interface ListedUser {
  readonly user: string;
  /** Registered ones. */
  readonly devices: number;
}

export interface ListedTopic {
  readonly topic: string;
  /** Counted up to `SUBSCRIBERS_COUNTED`. */
  readonly subscribers: number;
  readonly head: number;
}

export interface ListedCursor {
  readonly device: string;
  readonly stream: StreamId;
  readonly position: Position;
}

export const SUBSCRIBERS_COUNTED = 10_000;
/** Messages a page looks at, at most. */
export const MESSAGES_LOOKED_AT = 5_000;
/** Cursors of one user that are listed. */
export const CURSORS_LISTED = 2_000;

/** What there is, a page at a time; what a page costs does not grow with what is stored. */
export interface ListStore {
  /** Newest first. */
  messages(request: MessagesRequest): Promise<MessagesPage>;
  /** Users with a device, a connection once, or a stream; by name (code points). */
  users(request: NamesRequest): Promise<readonly ListedUser[]>;
  /** Topics with a subscriber or an entry; by name (code points). */
  topics(request: NamesRequest): Promise<readonly ListedTopic[]>;
  /** By device, then by stream; `CURSORS_LISTED` at most. */
  cursors(user: UserRef): Promise<readonly ListedCursor[]>;
}
