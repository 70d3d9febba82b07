import { QueueCase } from './queue-case.js';
import { queueEndingConformance } from './queue-ending.js';
import { handOutConformance } from './queue-hand-out.js';
import type { QueueHarness } from './queue-harness.js';
import { outcomeConformance } from './queue-outcomes.js';
import type { SuiteRunner } from './suite-runner.js';

/** Every promise of the queue contract, as tests. */
export function queueConformance(runner: SuiteRunner, makeHarness: () => Promise<QueueHarness>): void {
  const { describe, beforeEach, afterEach } = runner;

  describe('queue conformance', () => {
    let site: QueueCase;
    beforeEach(async () => void (site = new QueueCase(await makeHarness())));
    afterEach(() => site.destroy());
    const current = (): QueueCase => site;

    handOutConformance(runner, current);
    outcomeConformance(runner, current);
    queueEndingConformance(runner, current);
  });
}
