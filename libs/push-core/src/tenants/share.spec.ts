import { expect, it } from '@jest/globals';
import { hasItsShare } from './share.js';

/** Tenants that put in as much as they may, one after the other in turns, until nobody may put in more. */
function filled(capacity: number, weights: readonly number[]): number[] {
  const own = weights.map(() => 0);
  for (let moved = true; moved;) {
    moved = false;
    weights.forEach((weight, i) => {
      const total = own.reduce((sum, one) => sum + one, 0);
      if (total >= capacity || hasItsShare(own[i] ?? 0, weight, total, capacity)) return;
      own[i] = (own[i] ?? 0) + 1;
      moved = true;
    });
  }
  return own;
}

it('leaves a tenth of a place to others, whoever is there alone', () => {
  expect(filled(1000, [1])).toEqual([901]);
});

it('parts a place that several want all of by their weight, and leaves room for one more', () => {
  const [a = 0, b = 0] = filled(1000, [1, 1]);
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1);
});

it('comes to parts by weight of a place that is left and filled again', () => {
  const weights = [1, 3, 1];
  const own = [8000, 0, 1000];
  const total = () => own.reduce((sum, one) => sum + one, 0);
  for (let step = 0; step < 200_000; step++) {
    // In turn, weight for what is there: the next place of all that are taken.
    let left = (step * 7_919) % total();
    const leaver = own.findIndex((one) => (left -= one) < 0);
    own[leaver] = (own[leaver] ?? 0) - 1;
    weights.forEach((weight, i) => {
      const mine = own[i] ?? 0;
      if (total() < 10_000 && !hasItsShare(mine, weight, total(), 10_000)) own[i] = mine + 1;
    });
  }
  const [a = 0, b = 0, c = 0] = own;
  expect([b / a, a / c]).toEqual([expect.closeTo(3, 1), expect.closeTo(1, 1)]);
  expect(10_000 - a - b - c).toBeGreaterThan(100);
});

it('takes in whoever has nothing there, until there is no room at all', () => {
  expect(hasItsShare(0, 1, 999, 1000)).toBe(false);
  expect(hasItsShare(1, 1, 1000, 1000)).toBe(true);
});

it('is of no consequence where the place is small', () => {
  expect([1, 2, 5, 10].map((capacity) => filled(capacity, [1]))).toEqual([[1], [2], [5], [10]]);
});
