export interface UserRef {
  readonly tenant: string;
  readonly user: string;
}

/** One installation of one user. */
export interface DeviceRef extends UserRef {
  readonly device: string;
}

export interface ProviderToken {
  readonly provider: string;
  /** A string for most providers, an object (`{endpoint, keys}`) for Web Push. */
  readonly token: string | Readonly<Record<string, unknown>>;
  readonly environment?: string;
  readonly topic?: string;
  /** Set by the store: since when this device has this token. Unix milliseconds. */
  readonly registeredAt?: number;
}

export interface DeviceRegistration {
  readonly platform: string;
  readonly tokens: readonly ProviderToken[];
  readonly locale?: string;
  readonly timeZone?: string;
  readonly appVersion?: string;
}

export interface Device extends DeviceRef, DeviceRegistration {
  /** Unix milliseconds. */
  readonly registeredAt: number;
  readonly updatedAt: number;
}

export const deviceKey = (ref: DeviceRef): string => `${ref.tenant} ${ref.user} ${ref.device}`;
