import type { Audience, Notification, PublishOptions, PublishResult } from 'push-core';

/** A call of a decorated method. */
export interface PushCall {
  readonly args: readonly unknown[];
  /** The object the method was called on. */
  readonly instance: object;
  readonly className: string;
  readonly method: string;
}

/** A value, or how to make it of what the method returned. */
export type Of<T, V> = V | ((result: T, call: PushCall) => V);

/**
 * What becomes of the publish's failure, after the handler succeeded.
 *
 * - `fail` (the default): whoever called the handler gets the PushError. Nothing is lost in silence; a caller that tries
 *   again counts once where there is an `idempotencyKey`.
 * - `outbox`: the handler runs in a transaction of the host, and the publish in the same one: both are there, or neither.
 *   Needs the module's `dataSource`; the handler writes by `PushTransaction`.
 * - `log`: a line in the log. The handler's caller has its result; nobody is told of it.
 */
export type OnFailure = 'fail' | 'outbox' | 'log';

/** How a method's result becomes a publish; the fields are those of the publish body. `T`: what the method returns, or a promise or Observable of it. */
export interface PushResultSpec<T> {
  readonly to: Of<T, Audience>;
  readonly type: Of<T, string>;
  readonly thread?: Of<T, string | undefined>;
  /** Any JSON, 64 KiB at most. Default: the result itself. */
  readonly data?: Of<T, object | string | number | boolean | null | undefined>;
  readonly notification?: Of<T, Notification | undefined>;
  readonly options?: Of<T, PublishOptions | undefined>;
  /** Default: the module's `defaultTenant`. */
  readonly tenant?: Of<T, string>;
  /** The same key with the same body counts once, for 24 hours. 1–128 characters. */
  readonly idempotencyKey?: Of<T, string | undefined>;
  /** False: nothing is published. Nor is for a result of undefined or null. */
  readonly when?: Of<T, boolean>;
  readonly onFailure?: OnFailure;
  /** Called after the publish, inside the transaction with `outbox`; what it throws counts as the publish's failure. */
  readonly published?: (push: PublishResult, result: T, call: PushCall) => unknown;
}
