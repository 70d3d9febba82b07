import type { HostTransaction, Queue } from 'push-core';
import type { ProviderFactory } from 'push-core/providers';
import type { TransactionManager } from './host-transaction.js';
import type { PushModuleOptions } from './push.options.js';

/**
 * What `PushTestingModule` (nest-push/testing) puts in place of the world around the engine. Provided under
 * `PUSH_TEST_BENCH`; without one the module lives in the real world. With one, nothing the host plugs in is asked to store
 * or to listen.
 */
export interface TestBench {
  /** The options the module runs with, in place of those it was given. Throws where a second PushModule asks. */
  adjust(options: PushModuleOptions): PushModuleOptions;
  /** In place of RabbitMQ's: `@PushConsumer` handlers are served from it. */
  readonly queue: Queue;
  /** In place of a provider the host plugged in: one of that name that sends nothing. */
  recorded(factory: ProviderFactory): ProviderFactory;
  /** Joins a transaction of the host although the store is in memory: appended after its commit, never after a rollback. */
  joinTransaction(manager: TransactionManager): HostTransaction;
}
