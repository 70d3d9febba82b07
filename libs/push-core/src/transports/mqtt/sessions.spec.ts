import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../testing/manual-clock.js';
import { Sessions } from './sessions.js';

const session = { me: true, all: false, events: false, topics: [], lanes: [] };

describe('sessions', () => {
  const make = (limit = 10) => {
    const clock = new ManualClock();
    return { clock, sessions: new Sessions(clock, limit) };
  };

  it('are handed out once', () => {
    const { sessions } = make();
    sessions.keep('a', session, 1000);
    expect([sessions.take('a'), sessions.take('a')]).toEqual([session, undefined]);
  });

  it('are forgotten after their time', async () => {
    const { clock, sessions } = make();
    sessions.keep('a', session, 1000);
    sessions.keep('b', session, 3000);
    await clock.advance(1000);
    sessions.sweep();
    expect([sessions.size, sessions.take('a'), sessions.take('b')]).toEqual([1, undefined, session]);
  });

  it('are so many at most, the oldest are forgotten first', () => {
    const { sessions } = make(2);
    for (const key of ['a', 'b', 'a', 'c']) sessions.keep(key, session, 1000);
    expect(['a', 'b', 'c'].map((key) => sessions.take(key) !== undefined)).toEqual([true, false, true]);
  });

  it('that end with their connection are not kept, nor what was kept before', () => {
    const { sessions } = make();
    sessions.keep('a', session, 1000);
    sessions.keep('a', session, 0);
    expect(sessions.take('a')).toBeUndefined();
  });
});
