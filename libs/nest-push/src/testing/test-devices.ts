import type { DeviceRef, Push, Store } from 'push-core';
import { TestDevice, type Stories, type TestDeviceOptions, type VirtualClock } from 'push-core/testing';
import type { RecordingProviders } from './recording-providers.js';

export interface DeviceOptions extends Pick<TestDeviceOptions, 'acknowledge' | 'topics' | 'window'> {
  /** Default: the module's `defaultTenant`. */
  readonly tenant?: string;
  /** Registers it for notifications: `ios` with apns, `android` with fcm, `web` with webpush, any other with `provider`. */
  readonly platform?: string;
  readonly provider?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly appVersion?: string;
}

const PROVIDER_OF: Readonly<Record<string, string>> = { ios: 'apns', android: 'fcm', web: 'webpush' };

interface Parts {
  readonly push: Push;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly stories: Stories;
  readonly providers: RecordingProviders;
}

/** The devices of one test: one for each name of a user, however often it is asked for. */
export class TestDevices {
  private readonly made = new Map<string, TestDevice>();
  private registering: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: Parts) {}

  get(ref: DeviceRef, options: DeviceOptions): TestDevice {
    const key = `${ref.tenant} ${ref.user} ${ref.device}`;
    let device = this.made.get(key);
    if (!device) this.made.set(key, (device = new TestDevice({ ...options, ...this.parts, ...ref })));
    if (options.platform !== undefined) this.register(ref, options.platform, options);
    return device;
  }

  /** Resolves when those that were asked for are registered. Rejects with why one could not be. */
  async registered(): Promise<void> {
    const registering = this.registering;
    this.registering = Promise.resolve();
    await registering;
  }

  private register(ref: DeviceRef, platform: string, options: DeviceOptions): void {
    const { push, providers } = this.parts;
    const { provider = PROVIDER_OF[platform], locale, timeZone, appVersion } = options;
    if (provider === undefined || !providers.has(provider))
      throw new Error(
        `Which provider notifies ${ref.user}/${ref.device} of platform ${platform}? Name one: push.device('${ref.user}', '${ref.device}', { platform: '${platform}', provider: 'hms' })`,
      );
    const tokens = [{ provider, token: `token of ${ref.user}/${ref.device}` }];
    const registered = Promise.all([
      push.notifications.putProvider(ref.tenant, provider, { recorded: true }),
      push.putDevice(ref, { platform, tokens, locale, timeZone, appVersion }),
    ]);
    this.registering = Promise.all([this.registering, registered]);
    // Told by whatever awaits it next.
    this.registering.catch(() => undefined);
  }
}
