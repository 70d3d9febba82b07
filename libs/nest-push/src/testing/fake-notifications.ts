import { createValidator, PushError } from 'push-core';
import type {
  CheckResult,
  JsonSchema,
  NotificationKey,
  NotificationReport,
  NotificationRow,
  Notifications,
  PolicySettings,
  Preferences,
  ProviderState,
} from 'push-core';

const only = (properties: Record<string, JsonSchema>) =>
  createValidator<object>({ type: 'object', properties, additionalProperties: false }, 'body');

/** Keeps settings in maps and sends nothing. Knows the notification `n1`, and the message `m1` of `u1`'s device `d1`. */
export class FakeNotifications implements Notifications {
  readonly isOn = true;
  readonly credentials = new Map<string, object>();
  readonly reports: (NotificationReport & { tenant: string })[] = [];
  deadRows: NotificationRow[] = [];
  checked: CheckResult = { kind: 'ok' };
  private readonly set = new Map<string, object>();
  private readonly asCredentials = only({ key: { type: 'string' } });
  private readonly asPolicy = only({ privacy: { type: 'string' } });
  private readonly asPreferences = only({ mutedThreads: { type: 'object' } });

  async providers(tenant: string): Promise<ProviderState[]> {
    return [...this.credentials.keys()]
      .filter((key) => key.startsWith(`${tenant} `))
      .map((key) => stateOf(key.slice(tenant.length + 1)));
  }
  async putProvider(tenant: string, provider: string, credentials: unknown): Promise<ProviderState> {
    this.credentials.set(`${tenant} ${provider}`, this.asCredentials(credentials));
    return stateOf(provider);
  }
  async removeProvider(tenant: string, provider: string): Promise<boolean> {
    return this.credentials.delete(`${tenant} ${provider}`);
  }
  async checkProvider(tenant: string, provider: string): Promise<CheckResult> {
    if (this.credentials.has(`${tenant} ${provider}`)) return this.checked;
    throw new PushError('NOT_FOUND', 'There are no credentials for this provider', { field: 'provider' });
  }

  async policy(tenant: string): Promise<PolicySettings> {
    return this.set.get(`policy ${tenant}`) ?? {};
  }
  async putPolicy(tenant: string, policy: unknown): Promise<PolicySettings> {
    this.set.set(`policy ${tenant}`, this.asPolicy(policy));
    return this.policy(tenant);
  }
  async preferences(tenant: string, user: string): Promise<Preferences> {
    return this.set.get(`${tenant} ${user}`) ?? {};
  }
  async putPreferences(tenant: string, user: string, preferences: unknown): Promise<Preferences> {
    this.set.set(`${tenant} ${user}`, this.asPreferences(preferences));
    return this.preferences(tenant, user);
  }

  async report(tenant: string, report: NotificationReport): Promise<boolean> {
    this.reports.push({ tenant, ...report });
    if (report.notificationId !== undefined) return report.notificationId === 'n1';
    if (report.providerId !== undefined) return report.providerId === 'p1';
    return report.messageId === 'm1' && report.user === 'u1' && report.device === 'd1';
  }

  async dead(tenant: string, { after = 0, limit = 100 } = {}): Promise<NotificationRow[]> {
    return this.deadRows.filter((row) => row.tenant === tenant).slice(after, after + limit);
  }
  async replay(tenant: string, keys?: readonly NotificationKey[]): Promise<number> {
    return this.take(tenant, keys);
  }
  async purge(tenant: string, keys?: readonly NotificationKey[]): Promise<number> {
    return this.take(tenant, keys);
  }

  private take(tenant: string, keys?: readonly NotificationKey[]): number {
    const before = this.deadRows.length;
    const isMeant = (row: NotificationRow) =>
      row.tenant === tenant &&
      (keys?.some((key) => key.messageId === row.messageId && key.user === row.user && key.device === row.device) ??
        true);
    this.deadRows = this.deadRows.filter((row) => !isMeant(row));
    return before - this.deadRows.length;
  }
}

const stateOf = (provider: string): ProviderState => ({
  provider,
  fingerprint: 'f1',
  updatedAt: 1,
  breaker: 'closed',
});
