import { describe, expect, it } from '@jest/globals';
import { WeightedTurns } from './weighted-turns.js';

interface Piece {
  readonly tenant: string;
  readonly no: number;
  readonly cost: number;
}

const QUANTUM = 16;
const MOST_COST = 40;
const WEIGHTS: Readonly<Record<string, number>> = { a: 1, b: 1, c: 3, d: 10 };
const TENANTS = Object.keys(WEIGHTS);
const weightOf = (tenant: string) => WEIGHTS[tenant] ?? 1;

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % below;
  };
}

interface Line {
  add(tenant: string, piece: Piece): void;
  take(most: number, budget?: number): Piece[];
}

/** What a line without turns would be. */
class FirstComeFirstServed implements Line {
  private readonly pieces: Piece[] = [];
  add(_tenant: string, piece: Piece): void {
    this.pieces.push(piece);
  }
  take(most: number): Piece[] {
    return this.pieces.splice(0, most);
  }
}

const turns = () => new WeightedTurns<Piece>(QUANTUM, weightOf, ({ cost }) => cost);

/**
 * By how much two tenants that both had work waiting all the time differ in what was drawn of theirs, weight for weight, in the worst window
 * of a run. A tenant's work arrives in bursts of its own.
 */
function worstUnfairness(line: Line, seed: number): number {
  const below = numbers(seed);
  for (const [i, tenant] of TENANTS.entries())
    for (let no = 0; no < 4000 + 100 * i; no++) line.add(tenant, { tenant, no, cost: 1 + below(MOST_COST) });
  const served = new Map(TENANTS.map((tenant) => [tenant, 0]));
  const history: number[][] = [];
  for (let drawn = 0; drawn < 3000;) {
    for (const { tenant, cost } of line.take(1 + below(20), 1 + below(300))) {
      served.set(tenant, (served.get(tenant) ?? 0) + cost);
      drawn++;
    }
    history.push(TENANTS.map((tenant) => (served.get(tenant) ?? 0) / weightOf(tenant)));
  }
  let worst = 0;
  for (let window = 0; window < 500; window++) {
    const from = history[below(history.length)] as number[];
    const to = history[below(history.length)] as number[];
    const gained = to.map((value, i) => value - (from[i] ?? 0));
    worst = Math.max(worst, Math.max(...gained) - Math.min(...gained));
  }
  return worst;
}

describe('turns by weight', () => {
  /** A turn of the one, and a piece of each. */
  const BOUND = QUANTUM + 2 * MOST_COST;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'give everybody who waits its part of any window, give or take a turn: seed %i',
    (seed) => {
      expect(worstUnfairness(turns(), seed)).toBeLessThanOrEqual(BOUND);
    },
  );

  it('are what makes it so: first come, first served is far from it', () => {
    expect(worstUnfairness(new FirstComeFirstServed(), 1)).toBeGreaterThan(10 * BOUND);
  });

  it('keep what one tenant has waiting in order, and lose and double nothing', () => {
    const below = numbers(9);
    const line = turns();
    const next = new Map<string, number>();
    const drawn: Piece[] = [];
    for (let step = 0; step < 5000; step++) {
      const tenant = TENANTS[below(TENANTS.length)] as string;
      const no = next.get(tenant) ?? 0;
      next.set(tenant, no + 1);
      line.add(tenant, { tenant, no, cost: 1 + below(MOST_COST) });
      if (below(3) === 0) drawn.push(...line.take(below(8), below(100)));
    }
    while (line.length > 0) drawn.push(...line.take(100));
    for (const tenant of TENANTS) {
      const own = drawn.filter((piece) => piece.tenant === tenant).map(({ no }) => no);
      expect(own).toEqual(Array.from({ length: next.get(tenant) ?? 0 }, (_, no) => no));
    }
    expect(line.tenants()).toEqual([]);
  });

  it('serve a newcomer before a line of any length goes on for more than a turn', () => {
    const line = turns();
    for (let no = 0; no < 10_000; no++) line.add('a', { tenant: 'a', no, cost: 1 });
    line.take(100);
    line.add('b', { tenant: 'b', no: 0, cost: 1 });
    const place = line.take(100).findIndex(({ tenant }) => tenant === 'b');
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThanOrEqual(QUANTUM);
  });

  it('draw no more than asked for, but one piece however large it is', () => {
    const line = turns();
    for (let no = 0; no < 9; no++) line.add('a', { tenant: 'a', no, cost: 10 });
    expect(line.take(99, 25)).toHaveLength(2);
    expect(line.take(1)).toHaveLength(1);
    expect(line.take(0)).toEqual([]);
    line.add('z', { tenant: 'z', no: 0, cost: 5000 });
    expect(line.take(99, 60)).toHaveLength(6);
    expect(line.take(99, 60)).toEqual([{ tenant: 'z', no: 0, cost: 5000 }]);
    expect([line.length, line.take(9)]).toEqual([0, []]);
  });

  it('pass over tenants that are held back, who keep what they have', () => {
    const line = turns();
    for (const tenant of ['a', 'b']) for (let no = 0; no < 3; no++) line.add(tenant, { tenant, no, cost: 1 });
    expect(line.take(99, Infinity, (tenant) => tenant === 'a').map(({ tenant }) => tenant)).toEqual(['b', 'b', 'b']);
    expect(line.take(99, Infinity, () => true)).toEqual([]);
    expect([line.length, line.lengthOf('a'), line.lengthOf('b')]).toEqual([3, 3, 0]);
    expect(line.take(2).map(({ no }) => no)).toEqual([0, 1]);
  });

  it('let a tenant’s work be taken away', () => {
    const line = turns();
    for (const tenant of ['a', 'b', 'c']) for (let no = 0; no < 3; no++) line.add(tenant, { tenant, no, cost: 1 });
    line.take(1);
    expect(line.removeIf((tenant) => tenant !== 'b').map(({ tenant, no }) => `${tenant}${no}`)).toEqual([
      'a1',
      'a2',
      'c0',
      'c1',
      'c2',
    ]);
    expect([line.length, line.take(99).map(({ tenant }) => tenant)]).toEqual([3, ['b', 'b', 'b']]);
  });
});
