import type { Hooks, Notification, PublishInput } from 'push-core';
import { PUSH_HOOK, type HookName } from './metadata.js';

/** What a hook is asked about. */
export type HookAbout<K extends HookName> = Parameters<Hooks[K]>[0];

/** What can be changed: the publish, or the notification. */
interface Changes {
  publish: PublishInput;
  notify: Notification;
  connect: never;
  follow: never;
}

/** Nothing or true: go on. False, or `refuse('why')`: not so. `change(…)`: go on with this instead. */
export type HookAnswer<K extends HookName> = void | undefined | boolean | Refusal | Change<Changes[K]>;

export interface Refusal {
  readonly kind: 'refuse';
  readonly reason: string;
}
export interface Change<T> {
  readonly kind: 'change';
  readonly to: T;
}

/** A hook's no; whoever asked is told the reason. */
export const refuse = (reason: string): Refusal => ({ kind: 'refuse', reason });

/** Goes on with another publish, or another notification; it is validated again. */
export const change = <T>(to: T): Change<T> => ({ kind: 'change', to });

/** A first parameter that another hook is asked about does not fit; parameters of decorators are theirs to fill. */
type Fits<M, K extends HookName> = M extends (first: infer P, ...rest: never[]) => unknown
  ? [P] extends [HookAbout<HookName>]
    ? HookAbout<K> extends P
      ? unknown
      : { readonly 'the method is asked about something else': K }
    : unknown
  : unknown;

export type PushHookDecorator<K extends HookName> = <
  M extends (...args: never[]) => HookAnswer<K> | Promise<HookAnswer<K>>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M> & Fits<M, K>,
) => void;

/**
 * The method is asked before a message is stored (`publish`), a device let in (`connect`), a topic followed beyond the token's
 * rights (`follow`; one hook that allows is enough), a user notified (`notify`). A hook that throws lets nothing through.
 */
export function PushHook<K extends HookName>(hook: K): PushHookDecorator<K> {
  return (_target, _key, descriptor) => {
    const method = descriptor.value as unknown as object;
    const known = (Reflect.getMetadata(PUSH_HOOK, method) ?? []) as readonly HookName[];
    Reflect.defineMetadata(PUSH_HOOK, [...known, hook], method);
  };
}
