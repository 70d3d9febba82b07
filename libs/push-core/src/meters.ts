/** Upper bounds of the delivery histogram, in seconds. */
const DELIVERY_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

/** Tenants counted one by one. */
const TENANTS = 1000;

/** Observations counted by upper bound; `counts` has one more than `bounds`, for what lies above all of them. */
export interface Histogram {
  /** Seconds. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** What the engine counted since it was made: monotonic numbers, for whoever turns them into metrics. */
export interface Meters {
  readonly accepted: number;
  /** Of them, by tenant; those that come when there are very many of them are counted as `other`. */
  readonly acceptedOf: ReadonlyMap<string, number>;
  /** By transport. */
  readonly sent: ReadonlyMap<string, number>;
  readonly acked: ReadonlyMap<string, number>;
  readonly connections: ReadonlyMap<string, number>;
  readonly retransmits: number;
  /** Work refused or let go, by reason: `signal_slow`, `frames`, `user_frames`, `publishes`, `connections_user`, … */
  readonly dropped: ReadonlyMap<string, number>;
  /** From accepted to acknowledged. */
  readonly delivery: Histogram;
  /** Sends, by provider and result kind: `apns accepted`. */
  readonly notifications: ReadonlyMap<string, number>;
  /** From send to result, by provider. */
  readonly notificationSeconds: ReadonlyMap<string, Histogram>;
  /** Notifications given up after being tried in vain, by provider and reason: `fcm attempts`. */
  readonly dead: ReadonlyMap<string, number>;
  /** Credentials this node uses now, by provider and what their breaker does: `apns open`. */
  readonly breakers: ReadonlyMap<string, number>;
}

/** The engine's own side of `Meters`. */
export class Counters implements Meters {
  accepted = 0;
  readonly acceptedOf = new Map<string, number>();
  retransmits = 0;
  readonly sent = new Map<string, number>();
  readonly acked = new Map<string, number>();
  readonly connections = new Map<string, number>();
  readonly dropped = new Map<string, number>();
  readonly delivery = emptyHistogram();
  readonly notifications = new Map<string, number>();
  readonly notificationSeconds = new Map<string, ReturnType<typeof emptyHistogram>>();
  readonly dead = new Map<string, number>();
  /** Asked when somebody looks. */
  countBreakers: () => ReadonlyMap<string, number> = () => new Map();

  get breakers(): ReadonlyMap<string, number> {
    return this.countBreakers();
  }

  accept(tenant: string): void {
    this.accepted++;
    add(this.acceptedOf, this.acceptedOf.size < TENANTS || this.acceptedOf.has(tenant) ? tenant : 'other', 1);
  }

  drop(reason: string): void {
    add(this.dropped, reason, 1);
  }

  notified(provider: string, result: string, tookMs: number): void {
    add(this.notifications, `${provider} ${result}`, 1);
    let seconds = this.notificationSeconds.get(provider);
    if (!seconds) this.notificationSeconds.set(provider, (seconds = emptyHistogram()));
    const slot = slotOf(tookMs);
    seconds.counts[slot] = (seconds.counts[slot] ?? 0) + 1;
    seconds.sum += tookMs / 1000;
  }

  /** Entries of one acknowledgement, `oldestMs` and `newestMs` after they were accepted; false where they differ too much. */
  delivered(count: number, oldestMs: number, newestMs: number): boolean {
    const slot = slotOf(oldestMs);
    if (count > 1 && slot !== slotOf(newestMs)) return false;
    const { counts } = this.delivery;
    counts[slot] = (counts[slot] ?? 0) + count;
    this.delivery.sum += (count * (Math.max(0, oldestMs) + Math.max(0, newestMs))) / 2000;
    return true;
  }
}

const emptyHistogram = () => ({
  bounds: DELIVERY_BOUNDS,
  counts: new Array<number>(DELIVERY_BOUNDS.length + 1).fill(0),
  sum: 0,
});

export function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function slotOf(ms: number): number {
  let slot = 0;
  while (slot < DELIVERY_BOUNDS.length && ms > (DELIVERY_BOUNDS[slot] as number) * 1000) slot++;
  return slot;
}
