import type { Clock } from '../clock/clock.js';
import { toPushError } from '../errors.js';
import type { Events } from '../events.js';
import { weightIn, type TenantPolicies, type TenantPolicy } from './tenant-policies.js';

/** An answer is good for so long … */
const FRESH_MS = 2_000;
/** … and until then it is used while it is asked for again. */
const STALE_MS = 4_000;
/** Answers kept. */
const KNOWN = 20_000;

const EVERYBODY: TenantPolicy = Object.freeze({});

interface Known {
  readonly policy: TenantPolicy;
  /** On the elapsed clock. */
  readonly at: number;
}

/** What is known of the tenants' policies. Without a port all of them are like everybody, and nothing is asked. */
export class Tenants {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<TenantPolicy>>();
  /** As `exceptions` said last. */
  private outside: ReadonlySet<string> = new Set();

  constructor(
    private readonly policies: TenantPolicies | undefined,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  /** At once where it is known. */
  of(tenant: string): TenantPolicy | Promise<TenantPolicy> {
    if (!this.policies) return EVERYBODY;
    const known = this.known.get(tenant);
    const age = known ? this.clock.elapsed() - known.at : Infinity;
    if (known && age < FRESH_MS) return known.policy;
    const asked = this.ask(tenant);
    return known && age < STALE_MS ? known.policy : asked;
  }

  /** As it was known last: for what cannot wait. */
  lastKnown(tenant: string): TenantPolicy {
    return (this.policies && this.known.get(tenant)?.policy) ?? EVERYBODY;
  }

  readonly weightOf = (tenant: string): number => weightIn(this.lastKnown(tenant));

  isSuspended(tenant: string): boolean {
    if (!this.policies) return false;
    return this.outside.has(tenant) || this.lastKnown(tenant).suspended !== undefined;
  }

  /** Those that were suspended when it was looked last. */
  suspended(): readonly string[] {
    return [...this.outside];
  }

  lookedAt(suspended: Iterable<string>): void {
    this.outside = new Set(suspended);
  }

  /** Its policy was changed: what is known of it is good no more. Resolves with the new one. */
  async changed(tenant: string): Promise<TenantPolicy> {
    this.known.delete(tenant);
    this.asking.delete(tenant);
    const policy = await this.of(tenant);
    const outside = new Set(this.outside);
    if (policy.suspended) outside.add(tenant);
    else outside.delete(tenant);
    this.outside = outside;
    return policy;
  }

  private ask(tenant: string): TenantPolicy | Promise<TenantPolicy> {
    const under = this.asking.get(tenant);
    if (under) return under;
    let answer: TenantPolicy | Promise<TenantPolicy>;
    try {
      answer = (this.policies as TenantPolicies).of(tenant);
    } catch (error) {
      return this.failed(tenant, error);
    }
    if (!(answer instanceof Promise)) return this.remember(tenant, answer);
    const asked: Promise<TenantPolicy> = answer
      .then(
        // Where it was changed meanwhile, this answer may be from before.
        (policy) => (this.asking.get(tenant) === asked ? this.remember(tenant, policy) : policy),
        (error: unknown) => this.failed(tenant, error),
      )
      .finally(() => {
        if (this.asking.get(tenant) === asked) this.asking.delete(tenant);
      });
    // Whoever does not wait for it goes by what was known.
    asked.catch(() => undefined);
    this.asking.set(tenant, asked);
    return asked;
  }

  private remember(tenant: string, policy: TenantPolicy): TenantPolicy {
    this.known.delete(tenant);
    this.known.set(tenant, { policy, at: this.clock.elapsed() });
    if (this.known.size > KNOWN) this.known.delete(this.known.keys().next().value as string);
    return policy;
  }

  private failed(tenant: string, error: unknown): TenantPolicy {
    const known = this.known.get(tenant);
    if (!known) throw toPushError(error);
    this.events.emit('trouble', { during: 'look for the limits of a tenant', error });
    return known.policy;
  }
}
