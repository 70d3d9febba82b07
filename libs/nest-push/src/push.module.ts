import { ConfigurableModuleBuilder, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { createPush, PushError, type Push, type Queue, type Tracer } from 'push-core';
import { ResultPublisher } from './decorators/result-publisher.js';
import { PushExplorer } from './explorer/explorer.js';
import { HandlerFactory } from './explorer/handler.js';
import { Host } from './explorer/host.js';
import { PluggedParts } from './explorer/plugged-parts.js';
import { PushQueues } from './push-queues.js';
import { PushTransaction } from './push-transaction.js';
import { splitOptions, type PushModuleOptions } from './push.options.js';
import { PushService } from './push.service.js';
import { PushRegistrar } from './registrar.js';
import { loadDriver } from './rabbitmq/dial.js';
import { createRabbit, type Rabbit } from './rabbitmq/index.js';
import type { TestBench } from './test-bench.js';
import * as tokens from './tokens.js';
import { createTracer } from './tracing/create-tracer.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<PushModuleOptions>({
  optionsInjectionToken: tokens.PUSH_GIVEN_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, extras) => ({ ...definition, global: extras.isGlobal }))
  .build();

const bench = { token: tokens.PUSH_TEST_BENCH, optional: true };

const options: Provider = {
  provide: tokens.PUSH_MODULE_OPTIONS,
  inject: [tokens.PUSH_GIVEN_OPTIONS, bench],
  useFactory: (given: PushModuleOptions, test?: TestBench) => test?.adjust(given) ?? given,
};

const rabbit: Provider = {
  provide: tokens.PUSH_RABBIT,
  inject: [tokens.PUSH_MODULE_OPTIONS],
  useFactory: async (given: PushModuleOptions): Promise<Rabbit | undefined> => {
    const { rabbitmq } = splitOptions(given).nest;
    if (!rabbitmq) return undefined;
    const made = createRabbit(rabbitmq);
    // A broker may be away for a while; a package that is not there will not come.
    await loadDriver();
    return made;
  },
};

const queue: Provider = {
  provide: tokens.PUSH_QUEUE,
  inject: [{ token: tokens.PUSH_RABBIT, optional: true }, bench],
  useFactory: (broker?: Rabbit, test?: TestBench): Queue | undefined => test?.queue ?? broker?.queue,
};

const tracer: Provider = {
  provide: tokens.PUSH_TRACER,
  inject: [tokens.PUSH_MODULE_OPTIONS],
  useFactory: async (given: PushModuleOptions): Promise<Tracer | undefined> => {
    const { tracing } = splitOptions(given).nest;
    return tracing ? createTracer(tracing) : given.tracer;
  },
};

const engine: Provider = {
  provide: tokens.PUSH,
  inject: [
    tokens.PUSH_MODULE_OPTIONS,
    PluggedParts,
    { token: tokens.PUSH_RABBIT, optional: true },
    { token: tokens.PUSH_TRACER, optional: true },
  ],
  useFactory: (given: PushModuleOptions, parts: PluggedParts, broker?: Rabbit, traces?: Tracer): Push => {
    const store = given.store ?? parts.store;
    if (!store) throw missingStore();
    const own = {
      ...splitOptions(given).engine,
      store,
      plugins: parts.plugins,
      offline: parts.offline,
      tracer: traces,
    };
    return createPush(broker ? { ...own, bus: broker.bus } : own);
  },
};

const missingStore = (): PushError =>
  new PushError(
    'INVALID',
    "PushModule needs a store: forRoot({ store: createTypeOrmStore({ url: 'sqlite:./data/push.db' }) }) of nest-push/typeorm, createMemoryStore() of push-core, or a provider with @PushStore()",
    { field: 'store' },
  );

/**
 * One engine for the application: `PushModule.forRoot({ store, … })` or `forRootAsync({ imports, inject, useFactory })`.
 * `isGlobal` (default true) makes `PushService` and the decorators usable everywhere. The engine starts and drains with the
 * application.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ...[options, rabbit, queue, tracer, engine],
    ...[PushExplorer, HandlerFactory, PluggedParts, Host, PushRegistrar],
    ...[PushService, PushTransaction, PushQueues],
    { provide: tokens.PUSH_RESULTS, useClass: ResultPublisher },
  ],
  exports: [
    ...[tokens.PUSH, tokens.PUSH_MODULE_OPTIONS, tokens.PUSH_RESULTS],
    ...[PushService, PushTransaction, PushQueues],
  ],
})
export class PushModule extends ConfigurableModuleClass {}
