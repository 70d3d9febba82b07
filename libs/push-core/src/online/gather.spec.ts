import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.js';
import { Gather } from './gather.js';

describe('what is asked in one turn', () => {
  let clock: ManualClock;
  let calls: (readonly number[])[];
  let fails = false;
  let squares: Gather<number, number>;

  beforeEach(() => {
    clock = new ManualClock();
    calls = [];
    fails = false;
    squares = new Gather(clock, 3, async (numbers) => {
      calls.push(numbers);
      if (fails) throw new Error('no');
      return numbers.map((one) => one * one);
    });
  });

  it('is one call, and each gets its own answer', async () => {
    const answers = Promise.all([squares.ask(2), squares.ask(5)]);
    expect(calls).toEqual([]);
    await clock.settle();
    expect(await answers).toEqual([4, 25]);
    expect(calls).toEqual([[2, 5]]);
  });

  it('is divided where it is too much, and waits for nobody in between', async () => {
    const answers = Promise.all([1, 2, 3, 4, 5, 6, 7].map((one) => squares.ask(one)));
    await clock.settle();
    expect(await answers).toEqual([1, 4, 9, 16, 25, 36, 49]);
    expect(calls).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect(clock.pending()).toBe(0);
  });

  it('fails for all who asked, and for nobody after them', async () => {
    fails = true;
    const failed = Promise.allSettled([squares.ask(1), squares.ask(2)]);
    await clock.settle();
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    const answer = squares.ask(3);
    await clock.settle();
    expect(await answer).toBe(9);
  });
});
