import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('runs timers by time, and in the order set where the time is the same', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const start = clock.now();
    const note = (name: string) => () => void log.push(`${name}@${clock.now() - start}/${clock.elapsed()}`);
    clock.after(20, note('late'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(21, note('never'));
    await clock.advance(20);
    expect(log).toEqual(['a@10/10', 'b@10/10', 'late@20/20']);
    expect(clock.pending()).toBe(1);
  });

  it('lets promises and turns of one timer finish before the next timer', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.after(1, () => {
      log.push('timer 1');
      clock.soon(() => {
        log.push('turn 1');
        clock.soon(() => void log.push('turn 3'));
      });
      clock.soon(() => void log.push('turn 2'));
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve();
        log.push('promise');
      })();
    });
    clock.after(1, () => void log.push('timer 2'));
    await clock.advance(1);
    expect(log).toEqual(['timer 1', 'promise', 'turn 1', 'turn 2', 'turn 3', 'timer 2']);
  });

  it('runs timers set on the way, and none that was cancelled', async () => {
    const clock = new ManualClock();
    const log: number[] = [];
    const cancelled = clock.after(2, () => void log.push(-1));
    const tick = () => {
      log.push(clock.elapsed());
      cancelled.cancel();
      clock.after(10, tick);
    };
    clock.after(1, tick);
    await clock.advance(25);
    expect(log).toEqual([1, 11, 21]);
    cancelled.cancel();
    expect(clock.pending()).toBe(1);
  });

  it('settles turns without letting time pass, and refuses to be moved twice at once', async () => {
    const clock = new ManualClock(5);
    let turns = 0;
    clock.soon(() => turns++);
    clock.after(0, () => (turns += 10));
    await clock.settle();
    expect([turns, clock.now()]).toEqual([1, 5]);
    const moving = clock.advance(0);
    await expect(clock.settle()).rejects.toThrow('being moved');
    await moving;
    expect(turns).toBe(11);
    clock.jump(-3);
    expect([clock.now(), clock.elapsed()]).toEqual([2, 0]);
  });
});
