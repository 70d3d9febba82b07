import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../testing/index.js';
import { WorkLoop } from './work-loop.js';

/** A loop whose work is finished by hand. */
function stage() {
  const clock = new VirtualClock();
  const ends: ((error?: Error) => void)[] = [];
  const failures: unknown[] = [];
  const loop = new WorkLoop(
    clock,
    1000,
    () =>
      new Promise<void>((resolve, reject) => void ends.push((error?: Error) => (error ? reject(error) : resolve()))),
    (error) => void failures.push(error),
  );
  const settled = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { clock, ends, failures, loop, settled };
}

describe('a work loop', () => {
  it('works every so often, and at once when nudged, but not before it is started', async () => {
    const { clock, ends, loop, settled } = stage();
    loop.nudge();
    expect(ends).toHaveLength(0);
    loop.start();
    loop.nudge();
    expect(ends).toHaveLength(1);
    ends[0]!();
    await settled();
    await clock.advance(1000);
    expect(ends).toHaveLength(2);
  });

  it('never works twice at a time; nudged meanwhile, it works once more', async () => {
    const { clock, ends, loop, settled } = stage();
    loop.start();
    loop.nudge();
    loop.nudge();
    loop.nudge();
    await clock.advance(5000);
    expect(ends).toHaveLength(1);
    ends[0]!();
    await settled();
    expect(ends).toHaveLength(2);
    ends[1]!();
    await settled();
    expect(ends).toHaveLength(2);
  });

  it('tells what failed, and tries again when its time comes, not at once', async () => {
    const { clock, ends, failures, loop, settled } = stage();
    loop.start();
    loop.nudge();
    loop.nudge();
    ends[0]!(new Error('no store'));
    await settled();
    expect([failures, ends.length]).toEqual([[new Error('no store')], 1]);
    await clock.advance(1000);
    expect(ends).toHaveLength(2);
  });

  it('stopped, waits for what is under way and does no more', async () => {
    const { clock, ends, loop, settled } = stage();
    loop.start();
    loop.nudge();
    loop.nudge();
    let isOver = false;
    const over = loop.stop().then(() => (isOver = true));
    expect(loop.isStopped).toBe(true);
    await settled();
    expect(isOver).toBe(false);
    ends[0]!();
    await over;
    loop.nudge();
    await clock.advance(5000);
    expect(ends).toHaveLength(1);
  });
});
