import type { KeyStore } from './key-store.js';

/** Of one sending device; who sends so many in another order than they were sealed in is taken for a replay. */
const REMEMBERED = 256;

interface Seen {
  /** Everything up to here counts as opened. */
  readonly floor: number;
  /** Sorted by `at`. */
  readonly opened: readonly (readonly [at: number, entry: string])[];
}

export type Freshness =
  /** `isOvertaken`: a later one of the same device was opened before it. */
  | { readonly kind: 'new'; readonly isOvertaken: boolean }
  /** The same entry once more: the server sends until it is acknowledged. */
  | { readonly kind: 'again' }
  /** The same sealed message as another entry, or one from before what is remembered. */
  | { readonly kind: 'replayed' };

/** Remembers under which message id each sealed message came. */
export class ReplayGuard {
  constructor(private readonly store: KeyStore) {}

  async judge(identity: string, at: number, entry: string): Promise<Freshness> {
    let freshness: Freshness = { kind: 'replayed' };
    await this.store.change(`seen ${identity}`, (value): Seen => {
      const seen = (value as Seen | undefined) ?? { floor: 0, opened: [] };
      if (at <= seen.floor) return seen;
      const known = seen.opened.find(([time]) => time === at);
      if (known !== undefined) {
        freshness = known[1] === entry ? { kind: 'again' } : { kind: 'replayed' };
        return seen;
      }
      freshness = { kind: 'new', isOvertaken: (seen.opened.at(-1)?.[0] ?? 0) > at };
      const opened = [...seen.opened, [at, entry] as const].sort(([a], [b]) => a - b);
      const dropped = opened.splice(0, Math.max(0, opened.length - REMEMBERED));
      return { floor: dropped.at(-1)?.[0] ?? seen.floor, opened };
    });
    return freshness;
  }
}
