import { expect, it, jest } from '@jest/globals';
import { neverReading } from './support/never-reading.js';

jest.setTimeout(300_000);

const MB = 1024 * 1024;

it('500 clients that never read cost no more than the budget, on a heap of 256 MB', async () => {
  const budget = 64 * MB;
  const report = await neverReading(500, budget);
  expect(report).toMatchObject({ isRunning: true, readerGot: report.readerSent });
  expect(report.closedForRoom).toBeGreaterThan(0);
  if (report.lateLeft < 250) expect(report.earlyLeft).toBe(0);
  else expect(report.earlyLeft).toBeLessThan(report.early);
  expect(report.grownBytes).toBeLessThan(budget + 150 * MB);
  expect(report.output).not.toMatch(/out of memory|uncaught|unhandled/i);
});
