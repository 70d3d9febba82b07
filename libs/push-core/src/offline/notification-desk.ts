import type { Clock, Timer } from '../clock/clock.js';
import { PushError } from '../errors.js';
import type { Events } from '../events.js';
import { names } from '../model/names.js';
import type { PolicySettings } from '../policy/policy.js';
import type { Preferences } from '../policy/preferences.js';
import { policySettings } from '../policy/read-policy-settings.js';
import { preferences as readPreferences } from '../policy/read-preferences.js';
import type { CheckResult, ProviderFactory } from '../providers/provider.js';
import type { ReasonCode } from '../receipts/reasons.js';
import type { NotificationKey, NotificationRow } from '../store/notification-store.js';
import type { Setting } from '../store/setting-store.js';
import type { Store } from '../store/store.js';
import type { Breath } from './breath.js';
import { checkEndpoints } from './check-addresses.js';
import type { NotificationReport, Notifications, OfflineOptions, ProviderState } from './notifications.js';
import type { ProviderList } from './provider-list.js';
import { fingerprintOf, POLICY, PROVIDER, type TenantDesks } from './tenant-desk.js';

const DEAD_PAGE = 100;
/** Thousands. More come by themselves; and the new credentials may be as bad as the old. */
const MOST_HASTENED = 100;
const BY_CREDENTIALS: readonly ReasonCode[] = ['config_error', 'breaker_open'];

export class NotificationDesk implements Notifications {
  readonly isOn = true;
  private readonly later = new Set<Timer>();

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly desks: TenantDesks,
    private readonly factories: ProviderList,
    private readonly guard: OfflineOptions['guard'],
    private readonly breath: Breath,
    private readonly settingsMs: number,
    private readonly work: () => void,
  ) {}

  stop(): void {
    for (const timer of this.later) timer.cancel();
    this.later.clear();
  }

  async providers(tenant: string): Promise<readonly ProviderState[]> {
    const settings = await this.store.settings.list(names.tenant(tenant), PROVIDER);
    const { lanes } = await this.desks.of(tenant);
    return settings.map((setting) => {
      const provider = setting.name.slice(PROVIDER.length);
      const breaker = lanes.get(provider)?.breaker;
      return { ...stateOf(provider, setting), breaker: breaker?.state ?? 'closed', reason: breaker?.reason };
    });
  }

  async putProvider(tenant: string, provider: string, credentials: unknown): Promise<ProviderState> {
    const factory = this.factory(provider);
    const parsed = factory.parse(credentials);
    await checkEndpoints(parsed, this.guard);
    const value = JSON.stringify(parsed);
    const key = { tenant: names.tenant(tenant), name: PROVIDER + provider };
    const setting = (await this.store.settings.put(key, value, this.clock.now())) as Setting;
    this.desks.forget(tenant);
    await this.hasten(key.tenant, provider);
    // Other nodes may have taken some of it up with the old ones, which they give up within `settingsMs`.
    const again = this.clock.after(this.settingsMs + 1000, () => {
      this.later.delete(again);
      void this.hasten(key.tenant, provider).catch((error: unknown) =>
        this.events.emit('trouble', { during: 'new credentials', error }),
      );
    });
    this.later.add(again);
    return stateOf(provider, setting);
  }

  async removeProvider(tenant: string, provider: string): Promise<boolean> {
    this.factory(provider);
    const removed = await this.store.settings.remove({ tenant: names.tenant(tenant), name: PROVIDER + provider });
    this.desks.forget(tenant);
    return removed;
  }

  async checkProvider(tenant: string, provider: string): Promise<CheckResult> {
    this.factory(provider);
    this.desks.forget(names.tenant(tenant));
    const lane = (await this.desks.of(tenant)).lanes.get(provider);
    if (!lane) throw new PushError('NOT_FOUND', `There are no credentials for ${provider}`);
    return lane.check();
  }

  async policy(tenant: string): Promise<PolicySettings> {
    const [setting] = await this.store.settings.get([{ tenant: names.tenant(tenant), name: POLICY }]);
    return setting ? (JSON.parse(setting.value) as PolicySettings) : {};
  }

  async putPolicy(tenant: string, policy: unknown): Promise<PolicySettings> {
    const checked = policySettings(policy);
    const key = { tenant: names.tenant(tenant), name: POLICY };
    await this.store.settings.put(key, JSON.stringify(checked), this.clock.now());
    this.desks.forget(tenant);
    return checked;
  }

  async preferences(tenant: string, user: string): Promise<Preferences> {
    const [found = {}] = await this.store.preferences.load([{ tenant: names.tenant(tenant), user: names.user(user) }]);
    return found;
  }

  async putPreferences(tenant: string, user: string, given: unknown): Promise<Preferences> {
    const checked = readPreferences(given);
    await this.store.preferences.put(
      { tenant: names.tenant(tenant), user: names.user(user) },
      checked,
      this.clock.now(),
    );
    return checked;
  }

  async report(tenant: string, report: NotificationReport): Promise<boolean> {
    const row = await this.find(names.tenant(tenant), report);
    if (!row) return false;
    const key: NotificationKey = { tenant, user: row.user, device: row.device, messageId: row.messageId };
    const at = report.at ?? this.clock.now();
    switch (report.kind) {
      case 'shown':
        return this.mark({ ...key, shownAt: at });
      case 'opened': {
        const marked = await this.mark({ ...key, shownAt: at, openedAt: at });
        if (marked && row.openedAt === undefined)
          this.events.emit('opened', { tenant, user: row.user, device: row.device, id: row.messageId });
        return marked;
      }
      case 'failed':
        return this.mark({ ...key, state: 'failed', reason: 'not_shown' satisfies ReasonCode });
      case 'token_invalid':
        await this.dropToken(row, at);
        return this.mark({ ...key, state: 'failed', reason: 'token_invalid' });
    }
  }

  async dead(tenant: string, { after, limit }: { after?: number; limit?: number } = {}) {
    return this.store.notifications.dead(names.tenant(tenant), { after, limit: Math.min(limit ?? DEAD_PAGE, 1000) });
  }

  async replay(tenant: string, keys?: readonly NotificationKey[]): Promise<number> {
    const replayed = await this.store.notifications.replay(names.tenant(tenant), keys, this.clock.now());
    this.work();
    return replayed;
  }

  async purge(tenant: string, keys?: readonly NotificationKey[]): Promise<number> {
    return this.store.notifications.purge(names.tenant(tenant), keys);
  }

  /** New credentials: what waited because of the old ones does so no longer. */
  private async hasten(tenant: string, provider: string): Promise<void> {
    for (let round = 0; round < MOST_HASTENED; round++) {
      const began = this.clock.elapsed();
      const hastened = await this.store.notifications.hasten(tenant, provider, BY_CREDENTIALS, this.clock.now());
      if (hastened === 0) return;
      this.work();
      await this.breath.after(began);
    }
  }

  private async mark(mark: Parameters<Store['notifications']['mark']>[0][number]): Promise<boolean> {
    return (await this.store.notifications.mark([mark]))[0] ?? false;
  }

  private async find(tenant: string, report: NotificationReport): Promise<NotificationRow | undefined> {
    const { notificationId, provider, providerId, messageId, user, device } = report;
    const { notifications } = this.store;
    const id = providerId ?? notificationId;
    if (provider !== undefined && id !== undefined) return notifications.byProviderId(tenant, provider, id);
    if (messageId === undefined || user === undefined) return undefined;
    const rows = await notifications.find(tenant, messageId, { user, limit: 200 });
    return rows.find(
      (row) =>
        (notificationId === undefined || row.notificationId === notificationId) &&
        (device === undefined || row.device === device),
    );
  }

  /** The provider's own word, by its callback, about the token it went to: whoever registered again since keeps it. */
  private async dropToken({ tenant, user, device, provider }: NotificationRow, before: number): Promise<void> {
    const [devices = []] = await this.store.devices.of([{ tenant, user }]);
    const tokens =
      devices.find((one) => one.device === device)?.tokens.filter((token) => token.provider === provider) ?? [];
    if (tokens.length > 0)
      await this.store.devices.dropTokens(tokens.map((token) => ({ tenant, user, device, token, before })));
  }

  private factory(provider: string): ProviderFactory {
    const factory = this.factories.get(provider);
    if (factory) return factory;
    throw new PushError(
      'NOT_FOUND',
      `There is no provider "${provider}"; there are ${this.factories.names().join(', ')}`,
    );
  }
}

const stateOf = (provider: string, { value, updatedAt }: Setting): ProviderState => ({
  provider,
  fingerprint: fingerprintOf(value),
  updatedAt,
  breaker: 'closed',
});

/** An engine without `offline`: nobody is notified, and whoever sees to it is told how that is changed. */
export const notificationsOff: Notifications = Object.freeze(
  (() => {
    const off = async (): Promise<never> => {
      throw new PushError('NOT_SUPPORTED', 'This engine notifies nobody: it was made without "offline"');
    };
    return {
      isOn: false,
      providers: off,
      putProvider: off,
      removeProvider: off,
      checkProvider: off,
      policy: off,
      putPolicy: off,
      preferences: off,
      putPreferences: off,
      report: off,
      dead: off,
      replay: off,
      purge: off,
    };
  })(),
);
