import type { PolicySettings } from '../policy/policy.js';
import type { Preferences } from '../policy/preferences.js';
import type { CheckResult, ProviderFactory } from '../providers/provider.js';
import type { EgressGuard } from '../providers/http/egress-guard.js';
import type { HttpPool } from '../providers/http/pool.js';
import type { NotificationKey, NotificationRow } from '../store/notification-store.js';

/** How users are told of what none of their devices has acknowledged. Without it nobody is. */
export interface OfflineOptions {
  /**
   * What can be used; one without a tenant's credentials is off for that tenant. See `push-core/providers`. Read when the engine
   * starts: until then the array may be completed, and what is called before goes by what it holds then.
   */
  readonly providers: readonly ProviderFactory[];
  /** Connections to them, closed with the engine. See `createHttpPool`. */
  readonly http: HttpPool;
  /** Judges addresses that tenants and devices give, when they give them; give the pool the same one. Default: they are judged at each send only. */
  readonly guard?: Pick<EgressGuard, 'judge'>;
  /** A message waits so long for an acknowledgement, where its publish does not say. Default 3000. */
  readonly waitMs?: number;
  /** What is due is looked for this often. Default 200. */
  readonly pollMs?: number;
  /** One send has its answer by then. Default 10000. */
  readonly sendDeadlineMs?: number;
  /** Recipients of one message looked at together. Default 32. */
  readonly page?: number;
  /** Notifications handed to providers and not answered yet; more waits. Default 1000. */
  readonly inFlight?: number;
  /** Attempts at one notification: sends, and hooks asked in vain. Default 8. */
  readonly maxAttempts?: number;
  /** A tenant's credentials and rules are read again after. Default 5000. */
  readonly settingsMs?: number;
  /** How long outcomes are kept. Default 2592000000 (30 days). */
  readonly keepMs?: number;
}

/** Credentials as they may be shown. */
export interface ProviderState {
  readonly provider: string;
  /** Of the credentials; tells two of them apart, and nothing else. */
  readonly fingerprint: string;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  /** As this node sees it: `open` is not asked for the moment. */
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly reason?: string;
}

/** What a device, or a provider's callback, tells of a notification. */
export interface NotificationReport {
  /** Named by its own id, or by the provider and what that called it. */
  readonly notificationId?: string;
  readonly provider?: string;
  readonly providerId?: string;
  /** … or by message and device. */
  readonly messageId?: string;
  readonly user?: string;
  readonly device?: string;
  readonly kind: 'shown' | 'opened' | 'token_invalid' | 'failed';
  readonly reason?: string;
  /** Unix milliseconds. */
  readonly at?: number;
}

/** Notifications, as a host sees to them. Every method validates, and throws PushError `INVALID` with the field's name. */
export interface Notifications {
  readonly isOn: boolean;
  providers(tenant: string): Promise<readonly ProviderState[]>;
  /** Takes effect on every node within `settingsMs`. */
  putProvider(tenant: string, provider: string, credentials: unknown): Promise<ProviderState>;
  /** False where there were none. */
  removeProvider(tenant: string, provider: string): Promise<boolean>;
  /** Throws NOT_FOUND where there are no credentials. */
  checkProvider(tenant: string, provider: string): Promise<CheckResult>;
  policy(tenant: string): Promise<PolicySettings>;
  putPolicy(tenant: string, policy: unknown): Promise<PolicySettings>;
  preferences(tenant: string, user: string): Promise<Preferences>;
  putPreferences(tenant: string, user: string, preferences: unknown): Promise<Preferences>;
  /** False where there is no such notification. */
  report(tenant: string, report: NotificationReport): Promise<boolean>;
  /** Those tried in vain, the last first. */
  dead(tenant: string, page?: { after?: number; limit?: number }): Promise<readonly NotificationRow[]>;
  replay(tenant: string, keys?: readonly NotificationKey[]): Promise<number>;
  purge(tenant: string, keys?: readonly NotificationKey[]): Promise<number>;
}

/** One step of a message's story for a user. */
export interface Step {
  /** Unix milliseconds; absent where it is a state and not an event. */
  readonly at?: number;
  readonly what:
    | 'accepted'
    | 'scheduled'
    | 'stored'
    | 'delivered'
    | 'read'
    | 'waiting'
    | 'sending'
    | 'notified'
    | 'suppressed'
    | 'cancelled'
    | 'failed'
    | 'dead'
    | 'shown'
    | 'opened'
    | 'retracted'
    | 'expired'
    | 'recalled'
    | 'not_addressed';
  /** See `REASONS`. */
  readonly reason?: string;
  readonly device?: string;
  readonly provider?: string;
  readonly attempts?: number;
  /** In words. */
  readonly text: string;
}

/** Why a user was, or was not, told of a message. */
export interface Explanation {
  readonly id: string;
  readonly user: string;
  /** The last word: `delivered`, `read`, `notified`, `waiting`, `suppressed`, `failed`, `expired`, `recalled`, `not_addressed`, `stored`. */
  readonly outcome: string;
  /** By time; states without one come last. */
  readonly steps: readonly Step[];
}
