import type { Target } from '../model/audience.js';
import type { Entry, Message } from '../model/message.js';
import type { JobStep, NewJob } from './job-store.js';
import type { StreamId, StreamRef, StreamState } from '../model/stream.js';

export interface Idempotency {
  readonly key: string;
  /** Digest of what was published: the same key with another digest is a conflict. */
  readonly fingerprint: string;
  /** Unix milliseconds. */
  readonly keepUntil: number;
}

export interface AppendRequest {
  readonly message: Message;
  /** Each stream at most once. */
  readonly targets: readonly Target[];
  /**
   * With `now`, `hold` and `release`: work that is stored along, in the same transaction. With `page`, the step of that
   * work that this append is: it moves the job from `from` to `to`, and removes it where `to` is its size.
   */
  readonly job?: NewJob | JobStep;
  /** More work, stored along with `now`, `hold` and `release` where the message is stored. */
  readonly jobs?: readonly NewJob[];
  readonly idempotency?: Idempotency;
  /** W3C `traceparent` of what it belongs to. Not stored: for whoever is told of the outcome. */
  readonly trace?: string;
  /**
   * `now`: store the message and its entries. `hold`: store the message alone, to be released later.
   * `release`: a held message joins its streams now.
   * `page`: a stored message joins more streams, as a step of its fan-out job. Once: where the job is not at `from` any
   * more, or the message was recalled, nothing is written and it reads as a duplicate.
   */
  readonly when: 'now' | 'hold' | 'release' | 'page';
}

/** Where an entry ended up. */
export interface Place {
  readonly stream: StreamId;
  readonly epoch: string;
  readonly seq: number;
}

export type AppendOutcome =
  | { readonly kind: 'stored'; /** In the order of the targets; empty when held. */ readonly places: readonly Place[] }
  /** The key was used for the same publish (or a held message is released already): nothing was written. */
  | { readonly kind: 'duplicate'; readonly id: string; readonly acceptedAt: number }
  /** The key was used for something else: nothing was written. */
  | { readonly kind: 'conflict' };

export interface MessageRef {
  readonly tenant: string;
  readonly id: string;
}

export interface ReadRequest extends StreamRef {
  /** Entries with a greater `seq`. */
  readonly after: number;
  readonly limit: number;
  /** Only entries of this thread. */
  readonly thread?: string;
}

export interface ReadPage extends StreamState {
  /** By `seq`, ascending; without `thread` they are contiguous from `max(after + 1, first)`. */
  readonly entries: readonly Entry[];
}

export interface StoredMessage {
  readonly message: Message;
  /** Empty while the message is held. */
  readonly places: readonly Place[];
  readonly held: boolean;
}

export type RecallOutcome =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'recalled'; readonly places: readonly Place[] }
  | { readonly kind: 'missing' };

export interface RecalledPlace extends Place {
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export interface TrimRequest {
  /** Entries accepted before this are removed. Unix milliseconds. */
  readonly acceptedBefore: number;
  /** At most this many entries are kept a stream. */
  readonly keepPerStream: number;
  /** At most about this many entries are removed in one call. */
  readonly limit: number;
  /** Idempotency keys kept until before this are forgotten. Unix milliseconds. */
  readonly now: number;
  /** Of this tenant's streams alone, and by age alone. */
  readonly tenant?: string;
  /** Streams of these tenants do not count as old, whatever their age. */
  readonly without?: readonly string[];
}

export interface StoredUsage {
  readonly messages: number;
  /** Of their data, notifications and audiences as they are stored. */
  readonly bytes: number;
}

/**
 * Messages and the streams they are entries of.
 *
 * Order: `seq` is gapless per stream from 1, taken under the stream's own lock; requests of one `append` are numbered
 * in their order. Entries leave a stream from the old end only. A stream exists from its first entry; one without
 * entries reads as head 0 with the epoch it will have, unless somebody is erased (`EraseStore`) before it begins.
 */
export interface MessageStore {
  /** Atomic over the whole batch: messages, idempotency keys, entries and heads. Resolves when durable; an outcome a request. */
  append(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]>;
  /** A page a request, in their order. */
  read(requests: readonly ReadRequest[]): Promise<readonly ReadPage[]>;
  /** A state a stream, in their order. */
  states(streams: readonly StreamRef[]): Promise<readonly StreamState[]>;
  find(tenant: string, id: string): Promise<StoredMessage | undefined>;
  /** As `find`, in their order. */
  findAll(ids: readonly MessageRef[]): Promise<readonly (StoredMessage | undefined)[]>;
  /** Where the message is in these streams; undefined where it is not. For audiences too long to be read with the message. */
  placesIn(message: MessageRef, streams: readonly StreamId[]): Promise<readonly (Place | undefined)[]>;
  /** Held messages due at `now`, oldest first, but none of the tenants in `without`. They stay held until released. */
  due(now: number, limit: number, without?: readonly string[]): Promise<readonly Message[]>;
  /**
   * A held message is removed. Any other keeps its places, but loses its data and notification and reads as recalled
   * (`Message.recalledAt`) from then on. Idempotent: a message that was recalled before answers as it did the first time.
   */
  recall(tenant: string, id: string, at: number): Promise<RecallOutcome>;
  /** Places in these streams whose message was recalled at `since` or later, by time. Unix milliseconds. */
  recalledSince(streams: readonly StreamRef[], since: number): Promise<readonly RecalledPlace[]>;
  /** Removes what retention no longer keeps, messages without entries too. Returns the number of entries removed. */
  trim(request: TrimRequest): Promise<number>;
  /** What a tenant has stored, held messages too. It may take a while where that is much. */
  usage(tenant: string): Promise<StoredUsage>;
}
