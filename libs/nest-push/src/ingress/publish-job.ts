import { toPushError, type BatchItem, type BatchOutcome, type Push, type PushError } from 'push-core';
import { problemOf } from '../http/problem.js';
import type { Answer } from './nest-envelope.js';
import type { PublishRequest } from './read-work.js';

/** The slice of the engine that is published through. */
export type Publisher = Pick<Push, 'publish' | 'publishBatch'>;

/** How a piece of work ended: what to answer, and why it is kept among the dead letters, if it is. */
export interface Ending {
  readonly answer: Answer;
  readonly reason?: string;
}
export type Tried =
  | { readonly kind: 'over'; readonly ending: Ending }
  /** Nothing was decided: it may work later. */
  | { readonly kind: 'later'; readonly error: PushError };

/** One piece of work; it is asked again, with the same keys, until it is over. */
export type PublishJob = () => Promise<Tried>;

/** `key` stands in where the publisher gave none. The first call publishes within its own turn. */
export function publishJob(publisher: Publisher, request: PublishRequest, key: () => string): PublishJob {
  switch (request.kind) {
    case 'one':
      return publishOne(
        publisher,
        request.idempotencyKey === undefined ? { ...request, idempotencyKey: key() } : request,
      );
    case 'batch':
      return publishMany(publisher, request.tenant, withKeys(request.items, key));
  }
}

export const refusal = (error: PushError): Ending => ({
  answer: { kind: 'problem', problem: problemOf(error) },
  reason: `${error.code}: ${error.message}`,
});

function publishOne(publisher: Publisher, request: Extract<PublishRequest, { kind: 'one' }>): PublishJob {
  const { tenant, input, idempotencyKey } = request;
  return async () => {
    try {
      const result = await publisher.publish(tenant, input, { idempotencyKey });
      return { kind: 'over', ending: { answer: { kind: 'result', result } } };
    } catch (thrown) {
      return failed(toPushError(thrown));
    }
  };
}

/** Answered item by item; what may work later is tried again without what is decided already. */
function publishMany(publisher: Publisher, tenant: string, items: readonly BatchItem[]): PublishJob {
  const outcomes = new Map<number, BatchOutcome>();
  return async () => {
    const open = items.map((_, i) => i).filter((i) => !outcomes.has(i));
    try {
      const undecided = items.filter((_, i) => !outcomes.has(i));
      const now = await publisher.publishBatch(tenant, undecided);
      let later: PushError | undefined;
      now.forEach((outcome, n) => {
        if (!outcome.ok && outcome.error.retryable) later ??= outcome.error;
        else outcomes.set(open[n] ?? n, outcome);
      });
      return later ? { kind: 'later', error: later } : { kind: 'over', ending: batchEnding(outcomes) };
    } catch (thrown) {
      return failed(toPushError(thrown));
    }
  };
}

const failed = (error: PushError): Tried =>
  error.retryable ? { kind: 'later', error } : { kind: 'over', ending: refusal(error) };

/** One refused item keeps the whole letter: nobody else would hear of it. */
function batchEnding(outcomes: ReadonlyMap<number, BatchOutcome>): Ending {
  const inOrder = [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
  const results = inOrder.map((outcome) => (outcome.ok ? outcome.result : problemOf(outcome.error)));
  const answer: Answer = { kind: 'result', result: { results } };
  const refused = inOrder.flatMap((outcome, i) => (outcome.ok ? [] : [{ i, error: outcome.error }]));
  const [first] = refused;
  if (!first) return { answer };
  const { code, message } = first.error;
  const others = `${refused.length} of ${inOrder.length} refused, the others are stored`;
  return { answer, reason: `${code}: messages[${first.i}]: ${message} (${others})` };
}

function withKeys(items: readonly BatchItem[], key: () => string): readonly BatchItem[] {
  const wanting = items.some((item) => isFields(item) && item.idempotencyKey === undefined);
  if (!wanting) return items;
  const common = key();
  return items.map((item, i) =>
    isFields(item) && item.idempotencyKey === undefined ? { ...item, idempotencyKey: `${common}:${i}` } : item,
  );
}

const isFields = (item: unknown): boolean => typeof item === 'object' && item !== null && !Array.isArray(item);
