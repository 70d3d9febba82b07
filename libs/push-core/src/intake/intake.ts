import type { SignalHint } from '../cluster/bus.js';
import type { Clock } from '../clock/clock.js';
import { PushError, toPushError } from '../errors.js';
import type { Events } from '../events.js';
import type { Ids } from '../ids/ids.js';
import { targetsOf } from '../model/audience.js';
import { LIMITS } from '../model/limits.js';
import type { Message } from '../model/message.js';
import { prepareMessage, validatePublish } from '../model/prepare-message.js';
import type { PublishInput, PublishResult } from '../model/publish-input.js';
import { idempotencyKeySchema } from '../model/schemas.js';
import { createValidator } from '../model/validate.js';
import type { Plugin } from '../plugin.js';
import type { NewJob } from '../store/job-store.js';
import type { HostTransaction } from '../store/host-transaction.js';
import type { AppendOutcome, AppendRequest } from '../store/message-store.js';
import type { CommitQueue } from './commit-queue.js';
import { spread } from './spread.js';
import { tracePublish, traceStore } from '../tracing/trace-publish.js';
import type { Tracer } from '../tracing/tracer.js';
import { fingerprint } from './fingerprint.js';

const validateKey = createValidator<string>(idempotencyKeySchema, 'idempotencyKey');

export interface IntakePorts {
  readonly queue: CommitQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: Events;
  readonly plugins: readonly Plugin[];
  /** A longer audience is continued as work. */
  readonly fanOutPage: number;
  /** Work that is stored along with what joins its streams. */
  readonly jobsFor: (message: Message) => readonly NewJob[] | undefined;
  /** To whoever is connected now. */
  readonly signal: (hint: SignalHint) => void;
  /** Throws what the tenant may not do. */
  readonly judge: (tenant: string, input: PublishInput) => undefined | Promise<void>;
  readonly tracer?: Tracer;
  /** Told after a host's transaction committed what was appended in it. */
  readonly committed: (requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]) => void;
}

interface Extras {
  readonly idempotencyKey?: string;
  readonly transaction?: HostTransaction;
}

/** publish → accepted: validate, ask the hooks, resolve the audience, make it durable. */
export class Intake {
  constructor(private readonly ports: IntakePorts) {}

  publish(tenant: string, given: PublishInput, extras: Extras = {}): Promise<PublishResult> {
    const { tracer } = this.ports;
    if (!tracer) return this.take(tenant, given, extras);
    return tracePublish(tracer, tenant, (trace) => this.take(tenant, given, extras, trace));
  }

  private async take(tenant: string, given: PublishInput, extras: Extras, trace?: string): Promise<PublishResult> {
    const asked = validatePublish(given);
    const key = extras.idempotencyKey === undefined ? undefined : validateKey(extras.idempotencyKey);
    const input = this.ports.plugins.length > 0 ? await this.askHooks(tenant, asked) : asked;

    const judged = this.ports.judge(tenant, input);
    if (judged) await judged;

    const acceptedAt = this.ports.clock.now();
    const message = prepareMessage(tenant, this.ports.ids.message(acceptedAt), input, acceptedAt);
    if (message.options.volatile) return this.signal(message, extras.transaction);
    const request: AppendRequest = {
      ...this.placed(message),
      // The digest is of what the caller sent: what hooks make of it may differ from call to call.
      idempotency:
        key === undefined
          ? undefined
          : { key, fingerprint: fingerprint(asked), keepUntil: acceptedAt + LIMITS.idempotencyMs },
      when: message.dueAt === undefined ? 'now' : 'hold',
    };
    const outcome = await (trace === undefined || !this.ports.tracer
      ? this.append(request, extras.transaction)
      : traceStore(this.ports.tracer, trace, request, (traced) => this.append(traced, extras.transaction)));
    return this.answer(request, outcome);
  }

  private append(request: AppendRequest, transaction: HostTransaction | undefined): Promise<AppendOutcome> {
    return transaction ? this.appendWithin(transaction, request) : this.ports.queue.append(request);
  }

  private placed(message: Message): Pick<AppendRequest, 'message' | 'targets' | 'job' | 'jobs'> {
    const targets = targetsOf(message.to);
    // A scheduled one is spread when it is released.
    if (message.dueAt !== undefined) return { message, targets };
    return { ...spread(message, targets, this.ports.fanOutPage), jobs: this.ports.jobsFor(message) };
  }

  private signal(message: Message, transaction: HostTransaction | undefined): PublishResult {
    const { tenant, id, acceptedAt } = message;
    const hint: SignalHint = { kind: 'signal', tenant, targets: targetsOf(message.to), frame: signalFrame(message) };
    if (transaction) transaction.onCommit(() => this.ports.signal(hint));
    else this.ports.signal(hint);
    return { id, acceptedAt, duplicate: false };
  }

  private async appendWithin(transaction: HostTransaction, request: AppendRequest): Promise<AppendOutcome> {
    let outcomes: readonly AppendOutcome[];
    try {
      outcomes = await transaction.append([request]);
    } catch (error) {
      throw toPushError(error);
    }
    transaction.onCommit(() => this.ports.committed([request], outcomes));
    return outcomes[0] as AppendOutcome;
  }

  private answer(request: AppendRequest, outcome: AppendOutcome): PublishResult {
    switch (outcome.kind) {
      case 'stored':
        return { id: request.message.id, acceptedAt: request.message.acceptedAt, duplicate: false };
      case 'duplicate':
        return { id: outcome.id, acceptedAt: outcome.acceptedAt, duplicate: true };
      case 'conflict':
        throw new PushError('IDEMPOTENCY_CONFLICT', 'This idempotency key was used with another body; use a new key', {
          field: 'idempotencyKey',
        });
    }
  }

  private async askHooks(tenant: string, asked: PublishInput): Promise<PublishInput> {
    let input = asked;
    for (const plugin of this.ports.plugins) {
      const decision = await plugin.hooks.publish?.({ tenant, input });
      if (!decision) continue;
      if (!decision.allow) throw new PushError('REFUSED', decision.reason);
      if (decision.input) input = validatePublish(decision.input);
    }
    return input;
  }
}

/** As it travels; the data is JSON text already. */
function signalFrame({ type, thread, data }: Message): string {
  const head = JSON.stringify({ op: 'signal', type, thread });
  return data === undefined ? head : `${head.slice(0, -1)},"data":${data}}`;
}
