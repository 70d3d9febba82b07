import type { Address } from '../providers/provider.js';

/** Answers it remembers. */
const REMEMBERED = 500;
const FORGET_MS = 600_000;
/** More dead ones among the answers are unusual, unless they are very few. */
const USUAL_SHARE = 0.3;
const FEW = 3;
/** Tokens kept until it is known; a dead one that is dropped here is told again at its next send. */
const KEPT = 1000;

/** A token its provider called dead, with the time a registration must be newer than to live on. Unix milliseconds. */
export interface Condemned {
  readonly address: Address;
  readonly before: number;
}

/**
 * Keeps a misconfiguration from emptying the registry. A token is given up only while others of the same credential are taken, and
 * where dead ones are no more than usual; until then it is kept, and judged again with every answer.
 */
export class MassInvalid {
  /** The last answers: when, and whether the token was dead. */
  private readonly answers: { readonly at: number; readonly isDead: boolean }[] = [];
  private readonly kept = new Map<string, Condemned>();

  constructor(private readonly alarmed: (kept: number) => void) {}

  get quarantined(): number {
    return this.kept.size;
  }

  /** A token was taken: those that may be given up now. */
  accepted(elapsed: number): readonly Condemned[] {
    this.remember(elapsed, false);
    return this.kept.size > 0 ? this.release() : NONE;
  }

  condemned(elapsed: number, condemned: Condemned): readonly Condemned[] {
    this.remember(elapsed, true);
    if (this.kept.size < KEPT) this.kept.set(keyOf(condemned.address), condemned);
    const released = this.release();
    if (this.kept.size > 0 && this.kept.size % FEW === 0) this.alarmed(this.kept.size);
    return released;
  }

  private release(): readonly Condemned[] {
    const dead = this.answers.filter((one) => one.isDead).length;
    const isUsual = dead < this.answers.length && (dead <= FEW || dead <= this.answers.length * USUAL_SHARE);
    if (!isUsual) return NONE;
    const released = [...this.kept.values()];
    this.kept.clear();
    return released;
  }

  private remember(elapsed: number, isDead: boolean): void {
    this.answers.push({ at: elapsed, isDead });
    let old = Math.max(0, this.answers.length - REMEMBERED);
    while (old < this.answers.length && elapsed - (this.answers[old]?.at ?? 0) > FORGET_MS) old++;
    if (old > 0) this.answers.splice(0, old);
  }
}

const keyOf = ({ tenant, user, device, token }: Address): string =>
  `${tenant} ${user} ${device} ${JSON.stringify(token.token)}`;

const NONE: readonly Condemned[] = Object.freeze([]);
