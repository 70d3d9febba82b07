import { FAILING_SEEDS } from './failing-seeds.js';
import { NO_FAULTS, SABOTAGES, simulate, type Sabotage, type SimulationReport } from './index.js';

const HERE = 'npx jest --config test/jest.config.cjs libs/push-core/src/testing/simulator';
const ONE = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
/** Each seed costs a quarter of a second, and more where other tests run beside it. */
const COUNT = Number(process.env.SIM_SEEDS ?? (process.env.PUSH_TEST_LANE === 'long' ? 3000 : 150));
const FIRST = Number(process.env.SIM_FIRST ?? 1);
const PART = Math.ceil(COUNT / 10);
const SABOTAGE_SEEDS = 100;

/** What a person needs to see the failure again. */
function story(report: SimulationReport): string {
  const broken = report.violations.map((one) => `  ${one.rule} at ${one.atMs} ms: ${one.text}`);
  return [
    `SEED=${report.seed} ${report.invalid ?? ''}`,
    ...broken,
    `  again, with its trace: SEED=${report.seed} ${HERE}`,
  ].join('\n');
}

const failed = (report: SimulationReport) => report.violations.length > 0 || report.invalid !== undefined;

async function runAll(seeds: Iterable<number>): Promise<SimulationReport[]> {
  const failures: SimulationReport[] = [];
  for (const seed of seeds) {
    const report = await simulate({ seed });
    if (failed(report)) failures.push(report);
  }
  return failures;
}

function* range(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed++) yield seed;
}

describe('simulation', () => {
  let realTimers: jest.SpyInstance[];

  beforeAll(() => {
    realTimers = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'setInterval')];
  });

  afterAll(() => {
    for (const spy of realTimers) spy.mockRestore();
  });

  /** The test runner sets timers of its own, so only those made by our code count. */
  const simulateQuietly = async (seeds: Iterable<number>) => {
    for (const spy of realTimers) spy.mockClear();
    const failures = await runAll(seeds);
    const timers = realTimers.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    return { failures: failures.map(story).join('\n'), timers };
  };

  if (ONE !== undefined) {
    it(`holds for seed ${ONE}`, async () => {
      const report = await simulate({ seed: ONE, trace: true, sabotage: process.env.SABOTAGE as Sabotage | undefined });
      process.stdout.write(`${report.trace.join('\n')}\n${JSON.stringify({ ...report, trace: undefined }, null, 2)}\n`);
      expect(failed(report) ? story(report) : '').toBe('');
    });
    return;
  }

  it('holds for the seeds that failed before', async () => {
    expect(await simulateQuietly(FAILING_SEEDS)).toEqual({ failures: '', timers: 0 });
  }, 300_000);

  for (let part = 0; part < 10; part++) {
    const from = FIRST + part * PART;
    it(`loses nothing, shows nothing twice and keeps the order, seeds ${from} to ${from + PART - 1}`, async () => {
      expect(await simulateQuietly(range(from, PART))).toEqual({ failures: '', timers: 0 });
    }, 600_000);
  }

  it('repeats itself: the same seed gives the same trace', async () => {
    const hashes = new Set<string>();
    for (const seed of range(FIRST, 10)) {
      const [once, again] = [await simulate({ seed }), await simulate({ seed })];
      expect(again).toEqual(once);
      hashes.add(once.hash);
    }
    expect(hashes.size).toBe(10);
  }, 60_000);

  it('reaches what it is for: several nodes, pages of long audiences, and every way a hint can go wrong', async () => {
    const reports: SimulationReport[] = [];
    for (const seed of range(FIRST, 30)) reports.push(await simulate({ seed }));
    expect(new Set(reports.map((report) => report.nodes))).toEqual(new Set([1, 2, 3]));
    expect(reports.filter((report) => report.pages > 20).length).toBeGreaterThan(5);
    for (const name of ['hint dropped', 'hint doubled', 'hint delayed', 'bus down'])
      expect([name, reports.some((report) => (report.faults[name] ?? 0) > 5)]).toEqual([name, true]);
  }, 60_000);

  it('needs nothing but hints while nothing goes wrong', async () => {
    for (const seed of range(FIRST, 30)) {
      const options = { seed, faults: NO_FAULTS, sabotage: 'nothing is looked for without a hint' as const };
      expect(await simulate(options)).toMatchObject({ seed, violations: [] });
    }
  }, 60_000);

  it('calls a run invalid that accepted too little, or saw no fault', async () => {
    expect((await simulate({ seed: 1, minAccepted: 100_000 })).invalid).toMatch(/accepted/);
    const calm = await simulate({ seed: 1, faults: NO_FAULTS });
    expect(calm).toMatchObject({ invalid: 'no fault took effect', violations: [] });
  });

  it.each(Object.keys(SABOTAGES) as Sabotage[])(
    'notices when %s',
    async (sabotage) => {
      for (const seed of range(1, SABOTAGE_SEEDS)) {
        const { violations } = await simulate({ seed, sabotage });
        const [first] = violations;
        if (!first) continue;
        const rules: readonly string[] = SABOTAGES[sabotage];
        expect(rules).toContain(first.rule);
        return;
      }
      throw new Error(`not found within ${SABOTAGE_SEEDS} seeds`);
    },
    120_000,
  );
});
