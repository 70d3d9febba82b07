import { Emitter } from './emitter.js';
import { settled } from './testing/manual-clock.js';

interface Events {
  a: number;
  b: string;
}

function setUp() {
  const failures: [keyof Events, unknown][] = [];
  return { failures, emitter: new Emitter<Events>((event, error) => failures.push([event, error])) };
}

describe('events', () => {
  it('reach every handler in the order of subscription, until it unsubscribes', () => {
    const { emitter } = setUp();
    const seen: string[] = [];
    const off = emitter.on('a', (n) => seen.push(`first ${n}`));
    emitter.on('a', (n) => seen.push(`second ${n}`));
    emitter.emit('a', 1);
    off();
    off();
    emitter.emit('a', 2);
    expect(seen).toEqual(['first 1', 'second 1', 'second 2']);
  });

  it('count one function subscribed twice as two', () => {
    const { emitter } = setUp();
    const handler = jest.fn();
    const off = emitter.on('a', handler);
    emitter.on('a', handler);
    off();
    emitter.emit('a', 1);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('a handler that throws or rejects is reported and disturbs nobody', async () => {
    const { emitter, failures } = setUp();
    const last = jest.fn();
    emitter.on('b', () => {
      throw new Error('thrown');
    });
    emitter.on('b', () => Promise.reject(new Error('rejected')));
    emitter.on('b', last);
    emitter.emit('b', 'x');
    await settled();
    expect(last).toHaveBeenCalledWith('x');
    expect(failures.map(([event, error]) => [event, (error as Error).message])).toEqual([
      ['b', 'thrown'],
      ['b', 'rejected'],
    ]);
  });

  it('a handler may unsubscribe itself while it runs', () => {
    const { emitter } = setUp();
    const second = jest.fn();
    const off: () => void = emitter.on('a', () => off());
    emitter.on('a', second);
    emitter.emit('a', 1);
    expect(second).toHaveBeenCalledTimes(1);
    expect(emitter.has('a')).toBe(true);
    expect(emitter.has('b')).toBe(false);
  });
});
