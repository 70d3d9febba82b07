import * as fc from 'fast-check';
import { StreamTracker } from './stream-tracker.js';

function tracker(base = 0): StreamTracker {
  const made = new StreamTracker('@me', 'e1', base);
  made.attach(base);
  return made;
}

function handle(one: StreamTracker, seq: number): void {
  one.handledUpTo(seq);
  const position = one.takeSave();
  if (position !== undefined) one.stored(position);
}

describe('stream tracker', () => {
  it('tells what comes next from what came before and what came too early', () => {
    const one = tracker(41);
    expect(one.accept(42, 42)).toBe('next');
    expect(one.accept(42, 42)).toBe('duplicate');
    expect(one.accept(44, 44)).toBe('hole');
    expect(one.hasHole).toBe(true);
    expect(one.accept(43, 43)).toBe('next');
    expect(one.accept(44, 44)).toBe('next');
    expect(one.hasHole).toBe(false);
  });

  it('moves over a range as a whole, also where its beginning is known', () => {
    const one = tracker();
    expect(one.accept(1, 10)).toBe('next');
    expect(one.accept(5, 12)).toBe('next');
    expect(one.accept(13, 13)).toBe('next');
    expect(one.accept(3, 13)).toBe('duplicate');
  });

  it('acknowledges nothing that is not stored', () => {
    const one = tracker();
    one.accept(1, 1);
    expect(one.takeAck()).toBeUndefined();
    one.handledUpTo(1);
    expect(one.takeAck()).toBeUndefined();
    const position = one.takeSave();
    expect(position).toEqual({ epoch: 'e1', seq: 1 });
    expect(one.takeAck()).toBeUndefined();
    if (position !== undefined) one.stored(position);
    expect(one.takeAck()).toBe(1);
    expect(one.takeAck()).toBeUndefined();
  });

  it('acknowledges nothing that the present connection did not carry', () => {
    const one = tracker();
    one.accept(1, 3);
    one.detach();
    handle(one, 3);
    expect(one.takeAck()).toBeUndefined();
    one.attach(0);
    expect(one.takeAck()).toBeUndefined();
    one.accept(1, 2);
    expect(one.takeAck()).toBe(2);
    one.accept(3, 3);
    expect(one.takeAck()).toBe(3);
  });

  it('acknowledges again what is sent again', () => {
    const one = tracker();
    one.accept(1, 1);
    handle(one, 1);
    expect(one.takeAck()).toBe(1);
    one.accept(1, 1);
    expect(one.takeAck()).toBe(1);
  });

  it('after a rewind takes again what was not handled', () => {
    const one = tracker();
    one.accept(1, 3);
    one.handledUpTo(1);
    one.rewind();
    expect(one.accept(1, 1)).toBe('duplicate');
    expect(one.accept(2, 2)).toBe('next');
  });

  it('shows each entry once and in order, whatever is doubled, reordered or lost on the way', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 200 }), fc.integer({ min: 0, max: 200 }), (arrivals, reconnectAt) => {
        const one = tracker();
        const shown: number[] = [];
        const arrive = (from: number, to: number) => {
          const before = one.receivedSeq;
          if (one.accept(from, to) !== 'next') return;
          for (let seq = before + 1; seq <= to; seq += 1) shown.push(seq);
          handle(one, to);
        };
        arrivals.forEach(([from, more], index) => {
          if (index === reconnectAt) {
            one.detach();
            one.attach(one.position.seq);
          }
          arrive(from, from + more);
          const ack = one.takeAck();
          if (ack !== undefined) expect(ack).toBeLessThanOrEqual(shown.length);
        });
        // The server sends all of it once more.
        for (let seq = 1; seq <= 34; seq += 1) arrive(seq, seq);
        expect(shown).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
      }),
      { numRuns: 500 },
    );
  });
});
