import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

describe('backoff', () => {
  it('doubles its ceiling with each failure, up to the cap', () => {
    const most = (failures: number): number => backoffMs(failures, 100, 5_000, () => 1);
    expect([0, 1, 2, 5, 6, 50, 5_000].map(most)).toEqual([100, 200, 400, 3_200, 5_000, 5_000, 5_000]);
  });

  it('spreads over the whole time below the ceiling, also at the cap', () => {
    const draws = [0, 0.25, 0.5, 0.999].map((chance) => backoffMs(9, 100, 5_000, () => chance));
    expect(draws).toEqual([0, 1_250, 2_500, 4_995]);
  });
});
