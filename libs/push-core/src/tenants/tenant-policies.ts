/** What one tenant may do. What is absent is the server's own limit. */
export interface TenantPolicy {
  /** Since when, Unix milliseconds, and why, in words for the tenant. */
  readonly suspended?: { readonly at: number; readonly reason?: string };
  /** Its share of what tenants compete for, 1–100. Default 1. */
  readonly weight?: number;
  /** On each node. Default `limits.publishesPerSecond`. */
  readonly publishesPerSecond?: number;
  /** Live ones, on each node. Default `limits.connectionsPerTenant`. */
  readonly connections?: number;
  /** Users and devices one message may name. Default: as many as a message can. */
  readonly recipientsPerMessage?: number;
  /** What its messages may take in the store. Default: anything. */
  readonly storedBytes?: number;
  /** Its entries are kept so long. Default `retention.maxAgeMs`. */
  readonly retentionMs?: number;
}

/** What work in the background has to know before it meets the tenant. */
export interface TenantException {
  readonly tenant: string;
  readonly suspended: boolean;
  /** As in `TenantPolicy`. */
  readonly retentionMs?: number;
}

/**
 * Who may do how much. Asked often: an answer is remembered for about two seconds a tenant, so a change takes effect within five
 * seconds on every node, and at once where `Push.tenantChanged` is called. While it rejects, the last answer holds.
 */
export interface TenantPolicies {
  /** Of any tenant, known or not. What can be told at once costs a publish no turn of the event loop. */
  of(tenant: string): TenantPolicy | Promise<TenantPolicy>;
  /** All tenants that are suspended, or that have a `retentionMs`. */
  exceptions(): Promise<readonly TenantException[]>;
}

/** Of a tenant at the moment, on this node. */
export interface Quota {
  readonly publishes: {
    /** So many may come within `windowMs`. */
    readonly limit: number;
    readonly windowMs: number;
    /** … and so many at once, now. */
    readonly remaining: number;
    /** Until `remaining` is `limit` again. */
    readonly resetMs: number;
  };
  readonly connections: { readonly limit: number; readonly used: number };
  /** Where the tenant has such a limit; `used` as it was counted last. */
  readonly storedBytes?: { readonly limit: number; readonly used: number };
}

export const MOST_WEIGHT = 100;

export const weightIn = ({ weight = 1 }: TenantPolicy): number => Math.min(MOST_WEIGHT, Math.max(1, weight));
