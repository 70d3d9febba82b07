import type { SuiteRunner } from './suite-runner.js';
import { accessCases } from './transport-access.js';
import { acknowledgeCases } from './transport-acknowledge.js';
import type { TransportCase } from './transport-case.js';
import { deliveryCases } from './transport-delivery.js';
import { endingCases } from './transport-ending.js';
import type { TransportHarness } from './transport-harness.js';
import { loadCases } from './transport-load.js';
import { noticeCases } from './transport-notices.js';
import { resumeCases } from './transport-resume.js';
import { TransportWorld } from './transport-world.js';

const CHAPTERS: Readonly<Record<string, readonly TransportCase[]>> = {
  delivery: deliveryCases,
  resume: resumeCases,
  acknowledgement: acknowledgeCases,
  access: accessCases,
  ending: endingCases,
  load: loadCases,
  notices: noticeCases,
};

export interface TransportConformanceOptions {
  /** How long a client may take to hear of something. Milliseconds; default 10000. */
  readonly patienceMs?: number;
}

/**
 * Every promise of a transport, as tests: judged from the outside, by a client of it, on an engine with a store in
 * memory. Give a test 30 s. Returns the names of the cases that ask for more than the traits say and are left out; the
 * suite ends with a test that names them.
 */
export function transportConformance(
  runner: SuiteRunner,
  makeHarness: () => TransportHarness,
  { patienceMs = 10_000 }: TransportConformanceOptions = {},
): readonly string[] {
  const { traits } = makeHarness();
  const all = Object.values(CHAPTERS).flat();
  const leftOut = all.filter((one) => one.applies?.(traits) === false).map(({ name }) => name);

  runner.describe(`transport conformance: ${traits.name}`, () => {
    for (const [chapter, cases] of Object.entries(CHAPTERS)) {
      runner.describe(chapter, () => {
        for (const one of cases) {
          if (leftOut.includes(one.name)) continue;
          runner.it(one.name, async () => {
            const world = await TransportWorld.open(makeHarness(), runner, patienceMs, one);
            try {
              await one.run(world);
            } finally {
              await world.close();
            }
          });
        }
      });
    }
    if (leftOut.length === 0) return;
    runner.it(`is not asked for what it does not claim: ${leftOut.join('; ')}`, async () => {
      const claimed = all.filter((one) => leftOut.includes(one.name) && one.applies?.(makeHarness().traits) !== false);
      runner.expect(claimed).toEqual([]);
    });
  });
  return leftOut;
}
