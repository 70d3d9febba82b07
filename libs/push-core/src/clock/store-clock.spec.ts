import { expect, it } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.js';
import { StoreClock } from './store-clock.js';

/** A store whose time is `ahead` of the node's, at first. */
function bench(ahead: number) {
  const own = new ManualClock();
  const started = own.elapsed();
  const base = own.now() + ahead;
  const store = { tellMs: 0, shift: 0, time: async () => base + store.shift + own.elapsed() - started };
  return { own, store, clock: new StoreClock(own, store), base, elapsed: () => own.elapsed() - started };
}

it('dates by the store, whatever the node believes', async () => {
  const { own, clock, base, elapsed } = bench(-7_200_000);
  await clock.compare();
  await own.advance(1500);
  expect(clock.now()).toBe(base + elapsed());
});

it('dates by the store although both agree at first, when the node’s clock is set later', async () => {
  const { own, clock, base, elapsed } = bench(0);
  await clock.compare();
  own.jump(7_200_000);
  expect(clock.now()).toBe(base + elapsed());
});

it('is the own clock where the store has no time of its own', async () => {
  const own = new ManualClock();
  const clock = new StoreClock(own, { time: async (now) => now });
  await clock.compare();
  await own.advance(10);
  expect(clock.now()).toBe(own.now());
});

it('stands still rather than going back a little, and follows where the store went far', async () => {
  const { store, clock } = bench(1000);
  await clock.compare();
  const before = clock.now();
  store.shift = -500;
  await clock.compare();
  expect(clock.now()).toBe(before);
  store.shift = -60_000;
  await clock.compare();
  expect(clock.now()).toBe(before - 60_000);
});

it('goes on steadily while the store does not answer', async () => {
  const { own, store, clock, base, elapsed } = bench(5000);
  await clock.compare();
  store.time = () => Promise.reject(new Error('away'));
  await own.advance(3000);
  await expect(clock.compare()).rejects.toThrow('away');
  expect(clock.now()).toBe(base + elapsed());
});
