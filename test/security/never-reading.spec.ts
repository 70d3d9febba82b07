import { expect, it, jest } from '@jest/globals';
import { comingBackToMuch, neverReading } from './support/never-reading.js';

jest.setTimeout(180_000);

const MB = 1024 * 1024;

it('50 clients that never read cost no more than the budget; who stalled first goes first; a reader gets everything', async () => {
  const budget = 6 * MB;
  const report = await neverReading(50, budget);
  expect(report).toMatchObject({ isRunning: true, readerGot: report.readerSent });
  expect(report.closedForRoom).toBeGreaterThan(0);
  // None of those that came later has gone before the first ones.
  if (report.lateLeft < 25) expect(report.earlyLeft).toBe(0);
  else expect(report.earlyLeft).toBeLessThan(report.early);
  // Beside the budget: the hot entries, the store's pages, and a heap of 256 MB that is collected when it needs to be.
  expect(report.grownBytes).toBeLessThan(budget + 150 * MB);
  expect(report.output).not.toMatch(/out of memory|uncaught|unhandled/i);
});

it('150 devices that come back at once to 5 MB each do not bring down a heap of 256 MB', async () => {
  const { isRunning, problem, output } = await comingBackToMuch(150, 100);
  expect(output).not.toMatch(/out of memory|heap limit|uncaught|unhandled/i);
  expect({ isRunning, problem }).toEqual({ isRunning: true, problem: '' });
});
