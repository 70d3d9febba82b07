import { describe, expect, it } from '@jest/globals';
import { check, figures, type Fact } from './checker.js';

/** A checker that finds nothing proves nothing: each kind of fault, planted in a good log, must turn it red. */
describe('the checker', () => {
  const attempt = (order: number, devices = ['ann/d1', 'ann/d2']): Fact => ({
    kind: 'attempt',
    message: `m${order}`,
    devices,
    conversation: 'c',
    order,
  });
  const accepted = (order: number): Fact => ({ kind: 'accepted', message: `m${order}` });
  const callback = (order: number, device: string, seq = order): Fact => ({
    kind: 'callback',
    message: `m${order}`,
    device,
    stream: '@me',
    epoch: 'e',
    seq,
  });
  const good = (): Fact[] =>
    [1, 2, 3].flatMap((n) => [attempt(n), accepted(n), callback(n, 'ann/d1'), callback(n, 'ann/d2')]);
  const faults = (facts: Fact[]) => {
    const { lost, duplicates, unexpected, inversions } = check(facts);
    return { lost, duplicates, unexpected, inversions };
  };
  const none = { lost: [], duplicates: [], unexpected: [], inversions: [] };

  it('finds nothing in a good log, and counts it', () => {
    expect(faults(good())).toEqual(none);
    expect(figures(check(good()))).toMatchObject({ attempted: 3, accepted: 3, callbacks: 6, recovered: 0 });
  });

  it('finds a message lost on one of two devices', () => {
    const facts = good().filter(
      (fact) => !(fact.kind === 'callback' && fact.message === 'm2' && fact.device === 'ann/d2'),
    );
    expect(faults(facts)).toEqual({ ...none, lost: ['ann/d2 m2'] });
  });

  it('finds a message shown twice', () => {
    expect(faults([...good(), callback(3, 'ann/d1')])).toEqual({ ...none, duplicates: ['ann/d1 m3'] });
  });

  it('finds messages shown in the wrong order', () => {
    const facts = [
      attempt(1, ['a']),
      accepted(1),
      attempt(2, ['a']),
      accepted(2),
      callback(2, 'a', 1),
      callback(1, 'a', 2),
    ];
    expect(faults(facts)).toEqual({ ...none, inversions: ['a m1'] });
  });

  it('finds a seq that goes back', () => {
    const facts = [
      attempt(1, ['a']),
      accepted(1),
      attempt(2, ['a']),
      accepted(2),
      callback(1, 'a', 5),
      callback(2, 'a', 4),
    ];
    expect(faults(facts)).toEqual({ ...none, inversions: ['a m2'] });
  });

  it('finds what nobody published, and what was for somebody else', () => {
    expect(faults([...good(), callback(9, 'ann/d1')])).toEqual({ ...none, unexpected: ['ann/d1 m9'] });
    expect(faults([...good(), callback(3, 'bob/d1')])).toEqual({ ...none, unexpected: ['bob/d1 m3'] });
  });

  it('lets be what was told off, and what was shown without an answer', () => {
    const facts: Fact[] = [
      attempt(1, ['a']),
      accepted(1),
      { kind: 'terminal', message: 'm1', device: 'a' },
      attempt(2, ['a']),
      callback(2, 'a'),
    ];
    expect(faults(facts)).toEqual(none);
    expect(check(facts).recovered).toBe(1);
  });
});
