/** A piece of work as it was handed in. */
export interface NewWork {
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where an answer is wanted, and how it is told apart from others. */
  readonly replyTo?: string;
  readonly correlationId?: string;
}

export interface Work extends NewWork {
  readonly headers: Readonly<Record<string, string>>;
  /** How often it was handed out, this time included, as far as the queue knows. */
  readonly attempts: number;
}

/** What became of a piece of work. An answer is sent to its `replyTo`, where it names one. */
export type WorkOutcome =
  | { readonly kind: 'done'; readonly reply?: Uint8Array }
  /** It is handed out again, to whoever comes first. */
  | { readonly kind: 'again' }
  /** Kept among the dead letters, with the reason. */
  | { readonly kind: 'dead'; readonly reason: string; readonly reply?: Uint8Array };

export interface ConsumeOptions {
  /** So many are handed out without an outcome. */
  readonly inHand: number;
}

export interface Consumer {
  /** Nothing is handed out from now on; resolves when what is in hand has its outcome, and that is known to the queue. */
  close(): Promise<void>;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly dead: number;
}

/**
 * Durable work by named queues, at least once, in about the order it was put.
 *
 * Work is the queue's until it has an outcome: what was handed out to somebody who died is handed out again. A `handle`
 * that throws means `again`; work handed out too often without an outcome (20 times) dies with the reason
 * `delivery-limit`. Nothing is handed out after `close`.
 */
export interface Queue {
  /** Resolves when the work is durable. Rejects, retryable, when that is not known within the queue's deadline. */
  put(queue: string, work: readonly NewWork[]): Promise<void>;
  /** Goes on across whatever happens to the queue's medium, until it is closed. */
  consume(queue: string, options: ConsumeOptions, handle: (work: Work) => Promise<WorkOutcome>): Consumer;
  depth(queue: string): Promise<QueueDepth>;
  close(): Promise<void>;
}
