import { matches } from './matches.js';

/** What arrived, in order; each can satisfy one expectation. */
export class Received<T extends object> {
  private readonly arrived: T[] = [];
  private readonly claimed = new Set<T>();

  get all(): readonly T[] {
    return [...this.arrived];
  }

  add(one: T): void {
    this.arrived.push(one);
  }

  /** The first that matches and was not claimed before. */
  claim(pattern: unknown): T | undefined {
    const found = this.find(pattern);
    if (found) this.claimed.add(found);
    return found;
  }

  /** The same, without claiming it. */
  find(pattern: unknown): T | undefined {
    return this.arrived.find((one) => !this.claimed.has(one) && matches(one, pattern));
  }

  isClaimed(one: T): boolean {
    return this.claimed.has(one);
  }
}
