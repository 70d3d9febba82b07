import type { Clock } from '../clock/clock.js';
import { PushError, toPushError } from '../errors.js';
import type { AppendOutcome, AppendRequest, MessageStore } from '../store/message-store.js';

/** Entries written in one transaction, unless a single publish comes to more. */
const ENTRIES = 5000;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: PushError) => void;
}

/**
 * Group commit: what arrives in one turn of the event loop, or while a transaction is under way, is written in the
 * next one. A failed transaction is tried again one request at a time, so that one bad request spoils only itself;
 * a store that does not answer at all fails them together.
 */
export class CommitQueue {
  private waiting: Waiting[] = [];
  private committing = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly store: MessageStore,
    private readonly clock: Clock,
    private readonly limits: { readonly intakeQueue: number; readonly commitBatch: number },
    private readonly committed: (requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]) => void,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    if (this.waiting.length >= this.limits.intakeQueue) {
      return Promise.reject(
        new PushError('OVERLOADED', 'Too many publishes are waiting for the store; try again', { retryAfterMs: 1000 }),
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      if (this.committing) return;
      this.committing = true;
      this.clock.soon(() => void this.commitAll());
    });
  }

  /** Resolves when nothing waits any more. */
  settled(): Promise<void> {
    return this.committing ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve();
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, this.nextBatch()));
    this.committing = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  /** As many as one transaction should hold: by number, and by the entries they come to. */
  private nextBatch(): number {
    const { commitBatch } = this.limits;
    let count = 0;
    for (let entries = 0; count < this.waiting.length && count < commitBatch; count++) {
      entries += this.waiting[count]?.request.targets.length ?? 0;
      if (entries > ENTRIES && count > 0) break;
    }
    return count;
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const requests = batch.map((one) => one.request);
      const outcomes = await this.store.append(requests);
      this.committed(requests, outcomes);
      batch.forEach((one, i) => one.resolve(outcomes[i] as AppendOutcome));
    } catch (thrown) {
      const error = toPushError(thrown);
      if (batch.length === 1 || error.retryable) for (const one of batch) one.reject(error);
      else for (const one of batch) await this.commit([one]);
    }
  }
}
