import type { Clock } from '../clock/clock.js';
import type { StoredUsage } from '../store/message-store.js';

const EVERY_MS = 10_000;
/** A count that took long is made so much more seldom: it may cost the store this part of its time. */
const PATIENCE = 20;
/** Counts kept. */
const KNOWN = 5_000;

interface Known {
  readonly bytes: number;
  /** On the elapsed clock. */
  readonly until: number;
}

/** What tenants have in the store, counted when it is needed, about every ten seconds. */
export class StoredBytes {
  private readonly known = new Map<string, Known>();
  private readonly counting = new Map<string, Promise<number>>();

  constructor(
    private readonly usage: (tenant: string) => Promise<StoredUsage>,
    private readonly clock: Clock,
  ) {}

  /** At once where it was counted before; it is counted again beside that. */
  of(tenant: string): number | Promise<number> {
    const known = this.known.get(tenant);
    if (known && this.clock.elapsed() < known.until) return known.bytes;
    const counting = this.count(tenant);
    return known ? known.bytes : counting;
  }

  private count(tenant: string): Promise<number> {
    const under = this.counting.get(tenant);
    if (under) return under;
    const began = this.clock.elapsed();
    const counting = this.usage(tenant)
      .then(({ bytes }) => {
        const now = this.clock.elapsed();
        this.known.delete(tenant);
        this.known.set(tenant, { bytes, until: now + Math.max(EVERY_MS, PATIENCE * (now - began)) });
        if (this.known.size > KNOWN) this.known.delete(this.known.keys().next().value as string);
        return bytes;
      })
      .finally(() => this.counting.delete(tenant));
    // Where it fails, whoever did not wait goes by the last count.
    counting.catch(() => undefined);
    this.counting.set(tenant, counting);
    return counting;
  }
}
