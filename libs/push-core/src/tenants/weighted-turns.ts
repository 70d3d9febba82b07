/** What one tenant has waiting. */
interface Line<T> {
  readonly tenant: string;
  items: T[];
  /** Those before it are gone. */
  head: number;
  /** What it may still cost in this turn. */
  credit: number;
  inTurn: boolean;
}

/** Below this many drawn items the array is left alone. */
const COMPACT_FROM = 256;

/**
 * Deficit round robin: work of many tenants, drawn in turns. In its turn a tenant's work may cost `quantum` times its weight; what it
 * leaves of that is kept while it has work, what it has no work for is forgotten. So of whatever is drawn each tenant that waits gets its
 * part by weight, give or take one turn and one piece of work, however much the others have waiting. A tenant's own work stays in order.
 */
export class WeightedTurns<T> {
  private readonly lines = new Map<string, Line<T>>();
  private readonly ring: Line<T>[] = [];
  /** Whose turn it is. */
  private at = 0;
  private size = 0;

  constructor(
    private readonly quantum: number,
    private readonly weightOf: (tenant: string) => number,
    private readonly costOf: (item: T) => number,
  ) {}

  get length(): number {
    return this.size;
  }

  lengthOf(tenant: string): number {
    const line = this.lines.get(tenant);
    return line ? line.items.length - line.head : 0;
  }

  tenants(): readonly string[] {
    return [...this.lines.keys()];
  }

  add(tenant: string, item: T): void {
    let line = this.lines.get(tenant);
    if (!line) {
      line = { tenant, items: [], head: 0, credit: 0, inTurn: false };
      this.lines.set(tenant, line);
      this.ring.push(line);
    }
    line.items.push(item);
    this.size++;
  }

  /**
   * The next items: `most` of them, together of `budget` at most, but one where there is any. Tenants that are held back keep what they
   * have, and their place.
   */
  take(most: number, budget = Infinity, isHeldBack?: (tenant: string) => boolean): T[] {
    const taken: T[] = [];
    let spent = 0;
    let passed = 0;
    while (this.ring.length > 0 && taken.length < most && passed < this.ring.length) {
      const line = this.ring[this.at] as Line<T>;
      if (isHeldBack?.(line.tenant)) {
        passed++;
        this.pass(line);
        continue;
      }
      passed = 0;
      if (!line.inTurn) {
        line.inTurn = true;
        line.credit += this.quantum * this.weightOf(line.tenant);
      }
      while (line.head < line.items.length && taken.length < most) {
        const item = line.items[line.head] as T;
        const cost = this.costOf(item);
        if (cost > line.credit) break;
        if (taken.length > 0 && spent + cost > budget) return taken;
        line.items[line.head++] = undefined as T;
        this.size--;
        line.credit -= cost;
        spent += cost;
        taken.push(item);
      }
      if (line.head >= line.items.length) this.leave(line);
      else if (taken.length < most) this.pass(line);
    }
    return taken;
  }

  /** Everything of the tenants it is said of leaves, in order. */
  removeIf(isGone: (tenant: string) => boolean): T[] {
    const removed: T[] = [];
    for (const line of [...this.lines.values()]) {
      if (!isGone(line.tenant)) continue;
      const rest = line.items.slice(line.head);
      this.size -= rest.length;
      removed.push(...rest);
      this.leave(line);
    }
    return removed;
  }

  private pass(line: Line<T>): void {
    line.inTurn = false;
    if (line.head >= COMPACT_FROM && line.head * 2 > line.items.length) {
      line.items = line.items.slice(line.head);
      line.head = 0;
    }
    this.at = (this.at + 1) % this.ring.length;
  }

  private leave(line: Line<T>): void {
    const place = this.ring.indexOf(line);
    this.ring.splice(place, 1);
    this.lines.delete(line.tenant);
    if (place < this.at) this.at--;
    if (this.at >= this.ring.length) this.at = 0;
  }
}
