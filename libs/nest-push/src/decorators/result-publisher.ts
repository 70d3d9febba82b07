import { Inject, Injectable, Logger } from '@nestjs/common';
import { toPushError, type PublishResult } from 'push-core';
import { concatMap, from, isObservable, lastValueFrom, toArray, type Observable } from 'rxjs';
import { PushService, type PublishContext, type PublishMessage } from '../push.service.js';
import { PushTransaction } from '../push-transaction.js';
import type { Of, PushCall, PushResultSpec } from './result-spec.js';

/** Runs decorated methods of one application, and publishes what they return. */
@Injectable()
export class ResultPublisher {
  private readonly logger = new Logger('PushResult');

  constructor(
    @Inject(PushService) private readonly push: PushService,
    @Inject(PushTransaction) private readonly transaction: PushTransaction,
  ) {}

  run<T>(spec: PushResultSpec<T>, call: PushCall, method: () => unknown): unknown {
    if (spec.onFailure === 'outbox') return this.together(spec, call, method);
    const returned = method();
    if (isObservable(returned))
      return (returned as Observable<T>).pipe(
        concatMap(async (result) => {
          await this.publish(spec, result, call);
          return result;
        }),
      );
    if (isPromise<T>(returned)) return returned.then((result) => this.thenPublish(spec, result, call));
    if (spec.onFailure !== 'log') return this.thenPublish(spec, returned as T, call);
    void this.publish(spec, returned as T, call);
    return returned;
  }

  private async thenPublish<T>(spec: PushResultSpec<T>, result: T, call: PushCall): Promise<T> {
    await this.publish(spec, result, call);
    return result;
  }

  /** The values of an Observable are known when it ends: so long the transaction is open, and they go on after its commit. */
  private together<T>(spec: PushResultSpec<T>, call: PushCall, method: () => unknown): Promise<unknown> {
    return this.transaction.run(async (manager) => {
      const returned = await method();
      const results = isObservable(returned) ? await lastValueFrom(returned.pipe(toArray())) : [returned];
      for (const result of results as T[]) await this.publish(spec, result, call, { manager });
      return isObservable(returned) ? from(results) : returned;
    });
  }

  private async publish<T>(
    spec: PushResultSpec<T>,
    result: T,
    call: PushCall,
    context?: PublishContext,
  ): Promise<void> {
    try {
      const message = messageOf(spec, result, call);
      if (!message) return;
      const push: PublishResult = await this.push.publish(message, context);
      await spec.published?.(push, result, call);
    } catch (thrown) {
      const error = toPushError(thrown);
      if (spec.onFailure !== 'log') throw thrown;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.logger.warn(`The result of ${call.className}.${call.method} was not published: ${error.code}: ${why}`);
    }
  }
}

function messageOf<T>(spec: PushResultSpec<T>, result: T, call: PushCall): PublishMessage | undefined {
  if (result === undefined || result === null) return undefined;
  const { when, to, type, thread, data, notification, options, tenant, idempotencyKey } = spec;
  if (when !== undefined && !valueOf(when, result, call)) return undefined;
  return {
    to: valueOf(to, result, call),
    type: valueOf(type, result, call),
    thread: valueOf(thread, result, call),
    data: data === undefined ? result : valueOf(data, result, call),
    notification: valueOf(notification, result, call),
    options: valueOf(options, result, call),
    tenant: valueOf(tenant, result, call),
    idempotencyKey: valueOf(idempotencyKey, result, call),
  };
}

const valueOf = <T, V>(given: Of<T, V>, result: T, call: PushCall): V =>
  typeof given === 'function' ? (given as (result: T, call: PushCall) => V)(result, call) : given;

const isPromise = <T>(value: unknown): value is Promise<T> =>
  typeof (value as { then?: unknown } | undefined)?.then === 'function';
