/** Inclusive. */
export interface Range {
  from: number;
  to: number;
}

/** A set of whole numbers as ranges in order, for sets that are nearly always empty or one run. */
export class Ranges {
  private readonly list: Range[];

  constructor(ranges: readonly Range[] = []) {
    this.list = ranges.map(({ from, to }) => ({ from, to }));
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  has(value: number): boolean {
    return this.list.some(({ from, to }) => from <= value && value <= to);
  }

  /** How many there are from `from` to `to`. */
  within(from: number, to: number): number {
    let count = 0;
    for (const range of this.list) count += Math.max(0, Math.min(range.to, to) - Math.max(range.from, from) + 1);
    return count;
  }

  add(from: number, to: number): void {
    const { list } = this;
    let at = 0;
    while (at < list.length && (list[at] as Range).to < from - 1) at++;
    let touched = 0;
    for (let next = list[at]; next && next.from <= to + 1; next = list[at + ++touched]) {
      from = Math.min(from, next.from);
      to = Math.max(to, next.to);
    }
    list.splice(at, touched, { from, to });
  }

  /** Takes away what `reached` has caught up with; where that leaves it. */
  absorb(reached: number): number {
    const { list } = this;
    while (list.length > 0 && (list[0] as Range).from <= reached + 1) {
      reached = Math.max(reached, (list.shift() as Range).to);
    }
    return reached;
  }

  toJSON(): Range[] {
    return this.list.map(({ from, to }) => ({ from, to }));
  }
}
