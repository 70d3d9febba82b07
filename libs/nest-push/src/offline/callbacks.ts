import type { IncomingHttpHeaders } from 'node:http';
import { PushError, systemClock, type Clock, type Push, type SettingStore } from 'push-core';
import type { CallbackEvent, CallbackReading } from 'push-core/providers';
import type { PushModuleOptions } from '../push.options.js';
import { readWebhookCallback } from './webhook-callback.js';

export interface CallbackRequest {
  readonly tenant: string;
  readonly provider: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came: the signature is over these bytes. */
  readonly body: string;
}

/** Where the engine keeps a tenant's credentials. */
const PROVIDER = 'provider.';
/** Reports under way together: a vendor tells of up to a thousand at once. */
const TOGETHER = 20;

/**
 * Takes in what providers tell later of what they took: shown, opened, token dead. Whoever cannot sign as the provider does, with this
 * tenant's credentials, is answered the same whatever was wrong, whether there is such a tenant or not. What is told twice counts once.
 */
export class Callbacks {
  private readonly settings?: SettingStore;
  private readonly providers: NonNullable<PushModuleOptions['offline']>['providers'];
  private readonly clock: Clock;

  constructor(
    private readonly push: Pick<Push, 'notifications'>,
    options?: Partial<PushModuleOptions>,
  ) {
    this.settings = options?.store?.settings;
    this.providers = options?.offline?.providers ?? [];
    this.clock = options?.clock ?? systemClock;
  }

  /** Throws PushError `UNAUTHORIZED` for what is not signed. Answers how many notifications were known. */
  async take(request: CallbackRequest): Promise<number> {
    const reading = await this.read(request);
    if (reading.kind === 'refused') throw new PushError('UNAUTHORIZED', 'It is not signed as this provider signs');
    const { events } = reading;
    let known = 0;
    for (let at = 0; at < events.length; at += TOGETHER) {
      const noted = await Promise.all(events.slice(at, at + TOGETHER).map((event) => this.note(request, event)));
      known += noted.filter(Boolean).length;
    }
    return known;
  }

  private async read({ tenant, provider, headers, body }: CallbackRequest): Promise<CallbackReading> {
    const credentials = await this.credentialsOf(tenant, provider);
    if (!credentials) return { kind: 'refused', reason: 'not_configured' };
    const now = this.clock.now();
    if (provider === 'webhook') return readWebhookCallback(headers, body, credentials, now);
    // Nothing of the providers is loaded before the first of them calls.
    const { vendorCallbacks } = await import('push-core/providers');
    const parse = Object.entries(vendorCallbacks).find(([name]) => name === provider)?.[1];
    return parse ? parse(single(headers), body, credentials, now) : { kind: 'refused', reason: 'not_configured' };
  }

  private async credentialsOf(
    tenant: string,
    provider: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const factory = this.providers.find(({ name }) => name === provider);
    if (!factory || !this.settings) return undefined;
    const [stored] = await this.settings.get([{ tenant, name: PROVIDER + provider }]);
    return stored && factory.parse(JSON.parse(stored.value));
  }

  /** By our own name for it, else by the provider's. */
  private async note({ tenant, provider }: CallbackRequest, event: CallbackEvent): Promise<boolean> {
    const { notificationId, providerIds, reason, at } = event;
    const kind = event.kind === 'not_shown' ? 'failed' : event.kind;
    const report = { provider, kind, reason, at } as const;
    const { notifications } = this.push;
    if (notificationId !== undefined && (await notifications.report(tenant, { ...report, notificationId })))
      return true;
    for (const providerId of providerIds) {
      if (await notifications.report(tenant, { ...report, providerId })) return true;
    }
    return false;
  }
}

/** A header that came twice counts as none. */
const single = (headers: IncomingHttpHeaders): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? undefined : value]));
