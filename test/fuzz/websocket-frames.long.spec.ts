import { describe, expect, it, jest } from '@jest/globals';
import { frameRun } from './support/frame-run.js';

jest.setTimeout(900_000);

/** Another one: `PUSH_FUZZ_SEED=… npm run test:long`. What it finds belongs into support/kept-seeds.ts. */
const SEED = Number(process.env.PUSH_FUZZ_SEED ?? 20_260_101);
const FRAMES = 100_000;

describe('200,000 mutated frames at the WebSocket', () => {
  it.each(['bytes', 'texts'] as const)(
    `end in an answer or a close code, never in a fault: seed ${SEED}, %s`,
    async (as) => {
      const report = await frameRun(SEED, FRAMES, as);
      expect(report).toMatchObject({ faults: [], silent: [], isServing: true });
      expect(report.frames).toBeGreaterThanOrEqual(FRAMES);
      expect(report.slowestMs).toBeLessThan(100);
    },
  );
});
