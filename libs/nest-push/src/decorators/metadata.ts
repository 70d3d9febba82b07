import type { PushEventName } from 'push-core';

/** Keys of what decorators leave behind, the same in every copy of the package. */
export const ON_PUSH = 'nest-push:on';
export const PUSH_HOOK = 'nest-push:hook';
export const PUSH_CONSUMER = 'nest-push:consumer';
export const PUSH_RESULT = 'nest-push:result';
export const PLUGGED = 'nest-push:plugged';

/** What a class is plugged in as. */
export type Plugged = 'transport' | 'provider' | 'store';
export type HookName = 'publish' | 'connect' | 'follow' | 'notify';

export interface ConsumerMetadata {
  readonly queue: string;
  readonly inHand: number;
}

/** What is found on a method, by its key. */
export interface MethodMetadata {
  [ON_PUSH]: readonly PushEventName[];
  [PUSH_HOOK]: readonly HookName[];
  [PUSH_CONSUMER]: ConsumerMetadata;
  [PUSH_RESULT]: { readonly onFailure: 'fail' | 'outbox' | 'log' };
}
