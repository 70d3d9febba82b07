import { seededRandom } from '../../testing/simulator/dice.js';
import { judgeMutations } from './judge.fixture.js';

/** Seeds that were once interesting; one that fails in the long run is added here. */
const KEPT_SEEDS = [1, 7, 41, 1001, 20_260_101, 0xdeadbeef];

it.each(KEPT_SEEDS)('survives mutated cursors of seed %i', (seed) => {
  const { read, refused } = judgeMutations(500, seed, seededRandom(seed));
  // Neither a mutation that breaks everything nor one that changes nothing would try anything.
  expect(read).toBeGreaterThan(5);
  expect(refused).toBeGreaterThan(50);
});
