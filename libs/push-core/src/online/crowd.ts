import { PushError } from '../errors.js';
import type { Counters } from '../meters.js';
import type { Limits } from '../options.js';

const LATER_MS = 1000;

/** Counts of connections, and who is one too many. Refused work says when to come back. */
export class Crowd {
  private readonly byAddress = new Map<string, number>();
  private readonly byTenant = new Map<string, number>();
  /** Accepted, not admitted yet. */
  waiting = 0;

  constructor(
    private readonly limits: Readonly<Limits>,
    private readonly counters: Counters,
    private readonly spreadMs: () => number,
  ) {}

  /** Before anything is answered. */
  refusal(address: string | undefined): PushError | undefined {
    if (this.waiting >= this.limits.unauthenticated) {
      return this.refuse('unauthenticated', 'OVERLOADED', 'Too many connections are being opened');
    }
    if (address !== undefined && (this.byAddress.get(address) ?? 0) >= this.limits.connectionsPerAddress) {
      return this.refuse('connections_address', 'RATE_LIMITED', 'Too many connections from this address');
    }
    return undefined;
  }

  /** Once it is known who it is; `own` are the user's other connections, `most` is what the tenant may have. */
  crowded(tenant: string, own: number, most = this.limits.connectionsPerTenant): PushError | undefined {
    if (own >= this.limits.connectionsPerUser) {
      return this.refuse('connections_user', 'RATE_LIMITED', 'Too many connections of this user');
    }
    if (this.of(tenant) >= most) {
      return this.refuse('connections_tenant', 'RATE_LIMITED', 'Too many connections of this tenant');
    }
    return undefined;
  }

  /** Live connections of a tenant. */
  of(tenant: string): number {
    return this.byTenant.get(tenant) ?? 0;
  }

  cameFrom(address: string): void {
    count(this.byAddress, address, 1);
  }

  leftFrom(address: string): void {
    count(this.byAddress, address, -1);
  }

  joined(tenant: string): void {
    count(this.byTenant, tenant, 1);
  }

  left(tenant: string): void {
    count(this.byTenant, tenant, -1);
  }

  private refuse(reason: string, code: 'OVERLOADED' | 'RATE_LIMITED', message: string): PushError {
    this.counters.drop(reason);
    return new PushError(code, message, { retryAfterMs: LATER_MS + this.spreadMs() });
  }
}

function count(counts: Map<string, number>, name: string, by: number): void {
  const now = (counts.get(name) ?? 0) + by;
  if (now > 0) counts.set(name, now);
  else counts.delete(name);
}
