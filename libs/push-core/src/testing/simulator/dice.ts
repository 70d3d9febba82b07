import type { Ids, Random } from '../../ids/ids.js';

// Taken once: under a test runner every look at a global is slow.
const { imul, floor } = Math;

/** A small seeded generator (mulberry32): the same seed gives the same run on every machine. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  /** Uniform in [0, 1). */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };

  /** Spends no draw where the answer is certain, so that faults which are off do not shift the others. */
  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** A whole number from `min` to `max`, both possible. */
  int(min: number, max: number): number {
    return min + floor(this.next() * (max - min + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }

  /** A wait with this mean, as things come that happen at random. */
  wait(meanMs: number): number {
    return Math.max(1, Math.round(-meanMs * Math.log(1 - this.next())));
  }

  /** A generator of its own: what it draws does not shift what this one draws. */
  fork(): Dice {
    return new Dice(floor(this.next() * 0xffffffff));
  }
}

export const seededRandom = (seed: number): Random => new Dice(seed).next;

/** Ids that repeat themselves; later ones sort later, as the contract asks. */
export function seededIds(seed: number): Ids {
  const dice = new Dice(seed);
  let made = 0;
  const text = () => dice.int(0, 0x7fffffff).toString(36).padStart(6, '0') + (made++).toString(36).padStart(4, '0');
  return {
    message: (acceptedAt) => acceptedAt.toString(36).padStart(9, '0') + text(),
    ticket: () => `t${text()}`,
    connection: () => `c${text()}`,
    epoch: () => `e${text()}`,
  };
}
