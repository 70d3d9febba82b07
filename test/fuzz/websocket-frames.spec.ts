import { describe, expect, it } from '@jest/globals';
import { frameRun } from './support/frame-run.js';
import { KEPT_SEEDS } from './support/kept-seeds.js';

const FRAMES = 4_000;

describe('mutated frames at the WebSocket, the quick part', () => {
  it.each([1, ...KEPT_SEEDS].flatMap((seed) => [[seed, 'bytes'] as const, [seed, 'texts'] as const]))(
    'end in an answer or a close code, never in a fault: seed %i, %s',
    async (seed, as) => {
      const report = await frameRun(seed, FRAMES, as);
      expect(report).toMatchObject({ faults: [], silent: [], isServing: true });
      expect(report.frames).toBeGreaterThanOrEqual(FRAMES);
      expect(report.slowestMs).toBeLessThan(100);
      // It got through to what it is meant for.
      expect(report.answered).toBeGreaterThan(30);
      expect(Object.keys(report.closed)).toEqual(expect.arrayContaining(['3503']));
    },
  );
});
