import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { createPush, type Push } from 'push-core';
import { splitOptions, type PushModuleOptions } from './push.options.js';
import { PushService } from './push.service.js';
import { PushRegistrar } from './registrar.js';
import { createRabbit, type Rabbit } from './rabbitmq/index.js';
import { PUSH, PUSH_MODULE_OPTIONS, PUSH_RABBIT } from './tokens.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<PushModuleOptions>({
  optionsInjectionToken: PUSH_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, extras) => ({ ...definition, global: extras.isGlobal }))
  .build();

/**
 * One engine for the application: `PushModule.forRoot({ store, … })` or `forRootAsync({ imports, inject, useFactory })`.
 * `isGlobal` (default true) makes `PushService` injectable everywhere. The engine starts and drains with the application.
 */
@Module({
  providers: [
    {
      provide: PUSH_RABBIT,
      inject: [PUSH_MODULE_OPTIONS],
      useFactory: (options: PushModuleOptions): Rabbit | undefined => {
        const { rabbitmq } = splitOptions(options).nest;
        return rabbitmq && createRabbit(rabbitmq);
      },
    },
    {
      provide: PUSH,
      inject: [PUSH_MODULE_OPTIONS, PUSH_RABBIT],
      useFactory: (options: PushModuleOptions, rabbit?: Rabbit): Push => {
        const { engine } = splitOptions(options);
        return createPush(rabbit ? { ...engine, bus: rabbit.bus } : engine);
      },
    },
    PushService,
    PushRegistrar,
  ],
  exports: [PUSH, PUSH_MODULE_OPTIONS, PushService],
})
export class PushModule extends ConfigurableModuleClass {}
