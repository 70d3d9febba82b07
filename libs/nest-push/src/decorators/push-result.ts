import { Inject } from '@nestjs/common';
import { PushError } from 'push-core';
import type { Observable } from 'rxjs';
import { PUSH_RESULTS } from '../tokens.js';
import { PUSH_RESULT } from './metadata.js';
import type { ResultPublisher } from './result-publisher.js';
import type { PushCall, PushResultSpec } from './result-spec.js';

/** Where Nest puts the application's publisher: a property of each instance, so that two applications in one process stay apart. */
const PUBLISHER = Symbol.for('nest-push.publisher');

type Returns<T> = (...args: never[]) => T | Promise<T> | Observable<T>;

/** Fits methods that return `T`, a promise or an Observable of it. */
export type PushResultDecorator<T> = <M extends Returns<T>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * The method's result becomes a publish: of a WebSocket handler, a controller, a message handler or any other method of a class
 * that Nest makes. The result goes on as it is, after the publish; each value of an Observable does. Guards, pipes, filters and
 * interceptors stand around it as before. Once decorated, a method that returns a plain value returns a promise of it, but
 * with `onFailure: 'log'`.
 */
export function PushResult<T>(spec: PushResultSpec<T>): PushResultDecorator<T> {
  return (target, key, descriptor) => {
    const method = descriptor.value as unknown as (this: object, ...args: unknown[]) => unknown;
    const name = String(key);
    injectPublisher(target);
    function publishing(this: object, ...args: unknown[]): unknown {
      const call: PushCall = { args, instance: this, className: this?.constructor?.name ?? 'undefined', method: name };
      return publisherOf(call).run(spec, call, () => method.apply(this, args));
    }
    keepAttributes(method, publishing);
    Reflect.defineMetadata(PUSH_RESULT, { onFailure: spec.onFailure ?? 'fail' }, publishing);
    descriptor.value = publishing as never;
  };
}

function injectPublisher(target: object): void {
  if (PUBLISHER in target) return;
  Object.defineProperty(target, PUBLISHER, { value: undefined, writable: true, configurable: true });
  Inject(PUSH_RESULTS)(target, PUBLISHER);
}

function publisherOf({ instance, className, method }: PushCall): ResultPublisher {
  const publisher = (instance as { [PUBLISHER]?: ResultPublisher } | undefined)?.[PUBLISHER];
  if (publisher) return publisher;
  throw new PushError(
    'INVALID',
    `${className}.${method} has @PushResult, but Nest did not make this ${className}: take it from the application, or in tests from a module with PushTestingModule`,
  );
}

/** Other decorators may have been there first: what they left on the method has to be found on the one that takes its place. */
function keepAttributes(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as string[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  for (const key of ['name', 'length'])
    Object.defineProperty(to, key, Object.getOwnPropertyDescriptor(from, key) as PropertyDescriptor);
}
