import type { Clock } from '../../clock/clock.js';
import type { LaneMemory } from './lane.js';

/** What outlives a connection: its subscriptions, and which packet ids were in flight. */
export interface Session {
  readonly me: boolean;
  readonly all: boolean;
  readonly events: boolean;
  /** Topics subscribed to by name, beside what the device follows anyway. */
  readonly topics: readonly string[];
  readonly lanes: readonly LaneMemory[];
}

/**
 * Sessions of clients that are away, for a while and so many, the oldest forgotten first. Nothing depends on them: who
 * finds none continues from the device's cursor in the store, with new packet ids.
 */
export class Sessions {
  private readonly kept = new Map<string, { readonly session: Session; readonly until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
  ) {}

  keep(key: string, session: Session, forMs: number): void {
    this.kept.delete(key);
    if (forMs <= 0) return;
    this.kept.set(key, { session, until: this.clock.elapsed() + forMs });
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.limit) break;
      this.kept.delete(oldest);
    }
  }

  /** Hands it out once. */
  take(key: string): Session | undefined {
    const found = this.kept.get(key);
    this.kept.delete(key);
    return found && found.until > this.clock.elapsed() ? found.session : undefined;
  }

  sweep(): void {
    const now = this.clock.elapsed();
    for (const [key, { until }] of this.kept) if (until <= now) this.kept.delete(key);
  }

  get size(): number {
    return this.kept.size;
  }
}
