import { check, type Fact, type Verdict } from '../../../support/checker.js';
import { eventually } from '../../../support/eventually.js';

/** A message on its way to a device, in milliseconds of this process's clock. */
export interface Trip {
  readonly device: string;
  readonly acceptedAt: number;
  readonly shownAt: number;
}

/** Everything a run saw, and what it still waits for. The checker judges `facts`; the rest answers how fast. */
export class Ledger {
  readonly facts: Fact[] = [];
  readonly trips: Trip[] = [];
  /** When messages were accepted, ascending. */
  readonly acceptances: number[] = [];
  private readonly attempts = new Map<string, readonly string[]>();
  private readonly acceptedAt = new Map<string, number>();
  private readonly shown = new Set<string>();
  private readonly owed = new Set<string>();

  attempt(message: string, devices: readonly string[], conversation: string, order: number): void {
    this.attempts.set(message, devices);
    this.facts.push({ kind: 'attempt', message, devices, conversation, order });
  }

  accepted(message: string): void {
    const now = performance.now();
    this.facts.push({ kind: 'accepted', message });
    this.acceptances.push(now);
    this.acceptedAt.set(message, now);
    for (const device of this.attempts.get(message) ?? []) {
      const place = `${device} ${message}`;
      // It may come before the answer does.
      if (this.shown.has(place)) this.trips.push({ device, acceptedAt: now, shownAt: now });
      else this.owed.add(place);
    }
  }

  callback(device: string, message: string, at: { stream: string; epoch: string; seq: number }): void {
    this.facts.push({ kind: 'callback', message, device, ...at });
    const place = `${device} ${message}`;
    this.shown.add(place);
    const acceptedAt = this.acceptedAt.get(message);
    if (this.owed.delete(place) && acceptedAt !== undefined)
      this.trips.push({ device, acceptedAt, shownAt: performance.now() });
  }

  /** Accepted and not yet shown where it should be. */
  get open(): number {
    return this.owed.size;
  }

  acceptedBetween(from: number, to: number): number {
    return this.acceptances.filter((at) => at >= from && at < to).length;
  }

  /** Resolves when nothing is owed any more, or when patience ends; the checker's word then. */
  async quiet(patienceMs: number): Promise<Verdict> {
    await eventually(() => this.owed.size === 0, patienceMs).catch(() => undefined);
    return check(this.facts);
  }

  verdict(): Verdict {
    return check(this.facts);
  }
}

/** 0 where there is nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
