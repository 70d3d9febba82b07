import { describe, expect, it } from '@jest/globals';
import type { PushFrame } from 'push-core/wire';
import { Shown } from './shown.js';

const push = (seq: number, n = seq, s = '@me'): PushFrame => ({
  op: 'push',
  s,
  seq,
  id: `${n}`,
  type: 't',
  data: { n },
  at: 0,
});

describe('what the device shows', () => {
  it('is each entry once, whatever comes twice', () => {
    const shown = new Shown();
    for (const seq of [1, 2, 1, 2, 3, 3]) shown.take(push(seq), 'a client');
    expect([shown.messages, shown.repeats, shown.problems]).toEqual([[1, 2, 3], 3, []]);
  });

  it('has a problem where an entry is left out, or is of a stream nobody asked for', () => {
    const shown = new Shown();
    shown.take(push(1), 'a client');
    shown.take(push(3), 'a client');
    shown.take(push(4, 4, 'news'), 'a client');
    expect(shown.problems).toEqual(['a client brought 3 after 1', 'a client brought an entry of news']);
  });

  it('is waited for, and not for ever', async () => {
    const shown = new Shown();
    const two = shown.more(2, 1000, 'a client');
    shown.take(push(1), 'a client');
    shown.take(push(1), 'a client');
    shown.take(push(2), 'a client');
    await two;
    await expect(shown.more(1, 10, 'a client')).rejects.toThrow('a client showed 0 of 1 within 10 ms');
  });
});
