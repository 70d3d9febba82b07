import { ManualClock } from '../testing/manual-clock.js';
import { Breath } from './breath.js';

async function pauseAfter(tookMs: number, counters: { accepted: number; sent: Map<string, number> }): Promise<number> {
  const clock = new ManualClock();
  const breath = new Breath(clock, counters);
  const began = clock.elapsed();
  await clock.advance(tookMs);
  const ended = clock.elapsed();
  let over: number | undefined;
  void breath.after(began).then(() => (over = clock.elapsed() - ended));
  for (let i = 0; i < 400 && over === undefined; i++) await clock.advance(1);
  return over ?? NaN;
}

const nobody = { accepted: 0, sent: new Map<string, number>() };
const somebody = { accepted: 0, sent: new Map([['websocket', 1]]) };

it('is three times the work while others are served, and 100 ms at most', async () => {
  expect(await pauseAfter(10, somebody)).toBe(30);
  expect(await pauseAfter(10, { ...nobody, accepted: 1 })).toBe(30);
  expect(await pauseAfter(300, somebody)).toBe(100);
});

it('is a turn of the event loop where nobody is', async () => {
  expect(await pauseAfter(300, nobody)).toBeLessThanOrEqual(1);
});
