import { VirtualClock } from './virtual-clock.js';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

it('lets turns come by themselves, and no time pass', async () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.after(0, () => ran.push('timer'));
  await new Promise<void>((resolve) => clock.soon(resolve));
  await turns(5);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual(['timer']);
});

it('may be moved from several places at once, one after the other', async () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  for (const at of [10, 20, 30]) clock.after(at, () => ran.push(clock.elapsed()));
  await Promise.all([clock.advance(15), clock.settle(), clock.advance(15)]);
  expect(ran).toEqual([10, 20, 30]);
  expect(clock.elapsed()).toBe(30);
});

it('may be moved by what a timer sets off', async () => {
  const clock = new VirtualClock();
  let inner: Promise<void> | undefined;
  clock.after(10, () => void (inner = clock.advance(5)));
  await clock.advance(10);
  await inner;
  expect(clock.elapsed()).toBe(15);
});

it('does not move before what goes on by itself is over', async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const chain = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => clock.soon(resolve));
    seen.push(clock.elapsed());
  };
  void chain();
  await clock.advance(1000);
  expect(seen).toEqual([0]);
});

it('waits for work outside as long as it is said to be under way, but not for ever', async () => {
  let busy = true;
  const clock = new VirtualClock(0, () => busy);
  const seen: number[] = [];
  void turns(300).then(() => {
    seen.push(clock.elapsed());
    busy = false;
  });
  await clock.advance(1000);
  expect(seen).toEqual([0]);
  busy = true;
  const realBegun = performance.now();
  for (let i = 0; i < 5; i++) await clock.advance(1);
  expect(clock.elapsed()).toBe(1005);
  expect(performance.now() - realBegun).toBeLessThan(4000);
});

it('outlives a timer that throws', async () => {
  const clock = new VirtualClock();
  clock.after(1, () => {
    throw new Error('boom');
  });
  await expect(clock.advance(1)).rejects.toThrow('boom');
  await clock.advance(10);
  expect(clock.elapsed()).toBe(11);
});

it('leaps where much time is to pass: what comes again and again comes less often, what is due comes', async () => {
  const clock = new VirtualClock();
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    clock.after(1000, tick);
  };
  clock.after(1000, tick);
  await clock.advance(600_000);
  expect(ticks).toBe(600);
  const due: number[] = [];
  const begun = clock.elapsed();
  clock.after(3_600_000, () => due.push(clock.elapsed() - begun));
  await clock.advance(2 * 86_400_000);
  expect(due).toEqual([3_600_000]);
  expect(ticks).toBeGreaterThan(2880);
  expect(ticks).toBeLessThan(10_000);
  expect(clock.elapsed() - begun).toBe(2 * 86_400_000);
});
