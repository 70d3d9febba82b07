/** What a tenant has set: provider credentials, rules, templates; and what nodes share for a while. */
export interface Setting {
  readonly tenant: string;
  /** For example `provider.apns`, `policy`, `shelf.fcm…`. 1–200 characters. */
  readonly name: string;
  /** Text, mostly JSON. */
  readonly value: string;
  /** Counts up from 1 with every change. */
  readonly version: number;
  /** Unix milliseconds. */
  readonly updatedAt: number;
}

export interface SettingKey {
  readonly tenant: string;
  readonly name: string;
}

export interface SettingStore {
  /** In their order; undefined where there is none. */
  get(keys: readonly SettingKey[]): Promise<readonly (Setting | undefined)[]>;
  /** Those of the tenant whose name begins with `prefix`, by name (code points). */
  list(tenant: string, prefix: string): Promise<readonly Setting[]>;
  /**
   * Creates or replaces. With `ifVersion`, only where that is the version stored (0: where there is none): resolves with undefined
   * where it is not, and nothing was written. Two at once with the same `ifVersion`: one of them wins.
   */
  put(key: SettingKey, value: string, now: number, ifVersion?: number): Promise<Setting | undefined>;
  /** False where there was none. */
  remove(key: SettingKey): Promise<boolean>;
}
