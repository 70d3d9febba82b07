import { backoffMs, pauseMs } from './backoff.js';

const range = { baseMs: 500, capMs: 30_000 };

describe('backoff', () => {
  it('doubles the upper bound until the cap', () => {
    const bounds = [0, 1, 2, 5, 6, 50, 5_000].map((attempt) => backoffMs(range, attempt, () => 1));
    expect(bounds).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('spreads over the whole interval also at the cap', () => {
    expect(backoffMs(range, 50, () => 0)).toBe(0);
    expect(backoffMs(range, 50, () => 0.5)).toBe(15_000);
  });
});

describe('the pause a server asks for', () => {
  it('is kept as it is at first', () => expect(pauseMs(1_830, 0, 400)).toBe(1_830));
  it('does not shorten the wait after failures', () => {
    expect(pauseMs(0, 3, 4_000)).toBe(4_000);
    expect(pauseMs(9_000, 3, 4_000)).toBe(9_000);
  });
  it('is ours where none is asked for', () => expect(pauseMs(undefined, 0, 400)).toBe(400));
  it('is cut to a sensible range', () => {
    expect(pauseMs(-5, 0, 400)).toBe(0);
    expect(pauseMs(1e15, 0, 400)).toBe(3_600_000);
  });
});
