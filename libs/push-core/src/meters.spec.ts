import { Counters } from './meters.js';

describe('the delivery histogram', () => {
  it('counts entries of one acknowledgement together where their ages fall in one bucket', () => {
    const counters = new Counters();
    expect(counters.delivered(3, 9, 6)).toBe(true);
    const { bounds, counts, sum } = counters.delivery;
    expect(counts[bounds.indexOf(0.01)]).toBe(3);
    expect(sum).toBeCloseTo(0.0225);
  });

  it('refuses to where they do not, and counts nothing then', () => {
    const counters = new Counters();
    expect(counters.delivered(2, 3000, 1)).toBe(false);
    expect(counters.delivery.counts.every((count) => count === 0)).toBe(true);
  });

  it('has a place for what took longer than any bound, and takes a clock that went back as no time', () => {
    const counters = new Counters();
    counters.delivered(1, 1e9, 1e9);
    counters.delivered(1, -5, -5);
    expect([counters.delivery.counts.at(-1), counters.delivery.counts[0]]).toEqual([1, 1]);
  });
});
