import { expect, it, jest } from '@jest/globals';
import { besideAFlood } from './support/neighbour.js';

jest.setTimeout(300_000);

/** See the quick part. */
const FLOOR_MS = 40;

it('a tenant that floods the API does not delay what another tenant sends: seven rounds of 300 messages', async () => {
  const report = await besideAFlood(7, 300, 200);
  expect(report.heldBack).toBeGreaterThan(10_000);
  expect(report.floodedP99).toBeLessThan(report.quietP99 * 1.2 + FLOOR_MS);
});
