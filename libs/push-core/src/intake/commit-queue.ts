import type { Clock } from '../clock/clock.js';
import { PushError, toPushError } from '../errors.js';
import type { AppendOutcome, AppendRequest, MessageStore } from '../store/message-store.js';
import { hasItsShare } from '../tenants/share.js';
import { WeightedTurns } from '../tenants/weighted-turns.js';

/** Entries written in one transaction, unless a single publish comes to more. */
const ENTRIES = 5000;
/** In a full transaction so many tenants of weight 1 have their turn, where their publishes are to one stream. */
const TURNS = 16;

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: PushError) => void;
}

/**
 * Group commit: what arrives in one turn of the event loop, or while a transaction is under way, is written in the
 * next one. A failed transaction is tried again one request at a time, so that one bad request spoils only itself;
 * a store that does not answer at all fails them together.
 *
 * Who publishes a lot waits for itself alone: transactions are filled by turns of the tenants, and none may have more than its share
 * waiting. What one tenant publishes stays in order.
 */
export class CommitQueue {
  private readonly waiting: WeightedTurns<Waiting>;
  private committing = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly store: MessageStore,
    private readonly clock: Clock,
    private readonly limits: { readonly intakeQueue: number; readonly commitBatch: number },
    private readonly weightOf: (tenant: string) => number,
    private readonly committed: (requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]) => void,
  ) {
    const turn = Math.ceil(limits.commitBatch / TURNS);
    this.waiting = new WeightedTurns(turn, weightOf, ({ request }) => Math.max(1, request.targets.length));
  }

  get length(): number {
    return this.waiting.length;
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    const { tenant } = request.message;
    const crowded = this.crowded(tenant);
    if (crowded !== undefined) return Promise.reject(new PushError('OVERLOADED', crowded, { retryAfterMs: 1000 }));
    return new Promise((resolve, reject) => {
      this.waiting.add(tenant, { request, resolve, reject });
      if (this.committing) return;
      this.committing = true;
      this.clock.soon(() => void this.commitAll());
    });
  }

  /** Resolves when nothing waits any more. */
  settled(): Promise<void> {
    return this.committing ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve();
  }

  private crowded(tenant: string): string | undefined {
    const { waiting, weightOf } = this;
    const { intakeQueue } = this.limits;
    if (waiting.length >= intakeQueue) return 'Too many publishes are waiting for the store; try again';
    if (hasItsShare(waiting.lengthOf(tenant), weightOf(tenant), waiting.length, intakeQueue))
      return 'Too many publishes of this tenant are waiting for the store; try again';
    return undefined;
  }

  private async commitAll(): Promise<void> {
    while (this.waiting.length > 0) await this.commit(this.waiting.take(this.limits.commitBatch, ENTRIES));
    this.committing = false;
    for (const resolve of this.idle.splice(0)) resolve();
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
