import { expect, it, jest } from '@jest/globals';
import { besideAFlood } from '../security/support/neighbour.js';

jest.setTimeout(60_000);

/** What parsing and refusing a body of the flood may hold up: one batch of 400 KB, and then one of the machine's moods. */
const FLOOR_MS = 40;

it('a tenant that floods the API does not delay what another tenant sends, the quick part', async () => {
  const report = await besideAFlood(3, 60, 200);
  expect(report.heldBack).toBeGreaterThan(1000);
  expect(report.floodedP99).toBeLessThan(report.quietP99 * 1.2 + FLOOR_MS);
});
