import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PushModule } from '../push.module.js';
import type { PushModuleOptions } from '../push.options.js';
import { PUSH_TEST_BENCH } from '../tokens.js';
import { MemoryBench } from './memory-bench.js';
import { PushTesting } from './push-testing.js';

/**
 * Imported beside an application that imports PushModule, its engine runs in memory and under virtual time: no database, no
 * broker, no port, no network. `PushTestingModule.forRoot(options)` brings a PushModule along, for feature modules alone.
 */
@Global()
@Module({
  providers: [MemoryBench, { provide: PUSH_TEST_BENCH, useExisting: MemoryBench }, PushTesting],
  exports: [PUSH_TEST_BENCH, PushTesting],
})
export class PushTestingModule {
  static forRoot(options: Partial<PushModuleOptions> = {}): DynamicModule {
    return { module: PushTestingModule, imports: [PushModule.forRoot(options)] };
  }
}
