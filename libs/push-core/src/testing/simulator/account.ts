import type { StreamId } from '../../model/stream.js';
import type { Rule } from './report.js';
import { isWanted, type Ledger } from './ledger.js';

/** A device, as the checker names it. */
export interface Who {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
}

export type Fate = 'push' | 'skip' | 'gap';

/** What one device saw of one stream: for every `seq` after the one it began at, what became of it. */
export class Account {
  /** Where it began; undefined until the device was told. */
  base?: number;
  /** Highest `seq` the device ever said it has, with all before it. */
  acked = 0;
  /** Highest stored cursor seen. */
  stored = 0;
  private readonly fates = new Map<number, Fate>();
  private readonly publishes = new Set<number>();
  private newest = 0;

  constructor(
    readonly who: Who,
    readonly stream: StreamId,
    /** The device joins and leaves it: what it missed meanwhile is not owed. */
    readonly churning: boolean,
    private readonly ledger: Ledger,
    private readonly broken: (rule: Rule, text: string) => void,
  ) {}

  get name(): string {
    return `${this.who.tenant}/${this.who.user}/${this.who.device} ${this.stream}`;
  }

  begin(from: number): void {
    this.base ??= from;
    this.acked = Math.max(this.acked, from);
  }

  passed(from: number, to: number, fate: 'skip' | 'gap'): void {
    for (let seq = from; seq <= to; seq++) {
      if (!this.fates.has(seq)) this.fates.set(seq, fate);
    }
  }

  /** The application was given a message. */
  shown(seq: number, id: string, data: unknown): void {
    const { tenant, user, device } = this.who;
    const attempt = this.ledger.attemptOf(data);
    const slot = this.ledger.slot(tenant, this.stream, seq);
    if (!attempt || attempt.tenant !== tenant || !isWanted(attempt.input.to, this.stream, user, device)) {
      return this.broken('unexpected', `${this.name} was shown seq ${seq} ${id}, which is not for it`);
    }
    if (this.fates.get(seq) === 'push' || this.publishes.has(attempt.number)) {
      return this.broken('shown-twice', `${this.name} was shown publish ${attempt.number} (seq ${seq}) again`);
    }
    if (seq < this.newest || slot?.id !== id)
      return this.broken('out-of-order', `${this.name} was shown ${id} as seq ${seq}`);
    this.newest = seq;
    this.fates.set(seq, 'push');
    this.publishes.add(attempt.number);
    attempt.shown = true;
  }

  /** How far a stored cursor may be: what the device acknowledged, and what follows that is not for it anyway. */
  farthest(now: number): number {
    const { tenant, user, device } = this.who;
    const head = this.ledger.head(tenant, this.stream);
    if (this.base === undefined || this.churning) return head;
    let seq = this.acked;
    while (seq < head && this.ledger.nothingFor(tenant, this.stream, seq + 1, user, device, now)) seq++;
    return seq;
  }

  /** The first `seq` the device was owed and has no account of. `all`: also where there is nothing for it. */
  missing(all: boolean, now: number): number | undefined {
    if (this.churning) return undefined;
    const { tenant, user, device } = this.who;
    const head = this.ledger.head(tenant, this.stream);
    if (this.base === undefined) return head > 0 ? 1 : undefined;
    for (let seq = this.base + 1; seq <= head; seq++) {
      if (this.fates.has(seq)) continue;
      if (all || !this.ledger.nothingFor(tenant, this.stream, seq, user, device, now)) return seq;
    }
    return undefined;
  }

  get shownCount(): number {
    return this.publishes.size;
  }
}
