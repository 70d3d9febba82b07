import type { PushEventName } from 'push-core';
import type { PushEvent } from '../push-events.js';
import { ON_PUSH } from './metadata.js';

/** A first parameter that is another event's does not fit; parameters of decorators are theirs to fill. */
type Fits<M, K extends PushEventName> = M extends (first: infer P, ...rest: never[]) => unknown
  ? [P] extends [PushEvent<PushEventName>]
    ? PushEvent<K> extends P
      ? unknown
      : { readonly 'the method is told of another event': K }
    : unknown
  : unknown;

/** Fits methods that take the event first, or what parameter decorators give them. */
export type OnPushDecorator<K extends PushEventName> = <M extends (...args: never[]) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & Fits<M, K>,
) => void;

/**
 * The method is told of what happens in this process's engine: after it happened, on the node where it happened, at most once.
 * What it throws is logged with its class and name, and disturbs nobody. May be repeated for several events.
 */
export function OnPush<K extends PushEventName>(event: K): OnPushDecorator<K> {
  return (_target, _key, descriptor) => {
    const method = descriptor.value as unknown as object;
    const known = (Reflect.getMetadata(ON_PUSH, method) ?? []) as readonly PushEventName[];
    Reflect.defineMetadata(ON_PUSH, [...known, event], method);
  };
}
