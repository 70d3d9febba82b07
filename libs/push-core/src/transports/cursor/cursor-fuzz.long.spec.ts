import { seededRandom } from '../../testing/simulator/dice.js';
import { judgeMutations } from './judge.fixture.js';

const SEED = 4711;
const CURSORS = 200_000;

it(`survives ${CURSORS} mutated cursors`, () => {
  const { read, refused } = judgeMutations(CURSORS, SEED, seededRandom(SEED));
  expect(read + refused).toBe(CURSORS);
  expect(read).toBeGreaterThan(1000);
}, 120_000);
