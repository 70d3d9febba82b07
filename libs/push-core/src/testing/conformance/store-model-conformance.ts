import type * as FastCheck from 'fast-check';
import type { StoreHarness } from './store-harness.js';
import { storeCommands } from './store-model.js';
import { StoreModel } from './store-model-state.js';
import type { SuiteRunner } from './suite-runner.js';

/** The module `fast-check`, by names it is known by: its types are not needed where it is not installed. */
export interface FastCheckModule {
  readonly asyncModelRun: unknown;
  readonly asyncProperty: unknown;
  readonly commands: unknown;
}

/** Random sequences of steps; a failure prints the shortest that shows it, with the seed. */
export function storeModelConformance(
  runner: Pick<SuiteRunner, 'describe' | 'it' | 'expect'>,
  fastCheck: FastCheckModule,
  makeHarness: () => StoreHarness,
  runs: number,
): void {
  const fc = fastCheck as typeof FastCheck;
  runner.describe('store model', () => {
    runner.it('answers any sequence of calls as the model does', async () => {
      const commands = fc.commands(storeCommands(fc, runner.expect), { maxCommands: 40 });
      const property = fc.asyncProperty(commands, async (steps) => {
        const harness = makeHarness();
        try {
          const real = { harness, store: await harness.create() };
          await fc.asyncModelRun(() => ({ model: new StoreModel(), real }), steps);
        } finally {
          await harness.destroy();
        }
      });
      await fc.assert(property, { numRuns: runs });
    });
  });
}
