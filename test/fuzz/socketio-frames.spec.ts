import { expect, it } from '@jest/globals';
import { fuzzSocketIo } from '../support/socketio-fuzz.js';

// The second is the one of the long run.
it.each([[1], [52_026]])('mutated packets of seed %i are answered or end the connection', async (seed) => {
  const report = await fuzzSocketIo(seed, 1_500);
  expect(report.packets).toBe(1_500);
  expect(Object.keys(report.closeCodes).length).toBeGreaterThan(0);
});
