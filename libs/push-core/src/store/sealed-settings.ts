import type { Setting, SettingKey, SettingStore } from './setting-store.js';
import type { Store } from './store.js';

/** Makes what is stored unreadable to whoever has the store alone. */
export interface Sealer {
  /** `about` says what the text is and whose: sealed about one thing, it does not open about another. */
  seal(plain: string, about: string): string;
  /** What is not sealed opens as it is: it was stored before there was a sealer. Throws where it cannot be opened. */
  open(sealed: string, about: string): string;
}

/** Beginnings of the names whose values are secret: providers' credentials, and the access tokens got with them. */
export const SECRET_SETTINGS: readonly string[] = ['provider.', 'shelf.'];

/**
 * The same store, whose secret settings are sealed before they are written and opened when they are read. Versions, order
 * and everything else are the store's; a value from before is sealed when it is next written.
 */
export function sealSettings<S extends Store>(store: S, sealer: Sealer): S {
  const sealed = Object.create(store) as S;
  // Defined, not assigned: a store may have getters of these names.
  const own = (name: keyof Store, value: unknown): void =>
    void Object.defineProperty(sealed, name, { value, enumerable: true });
  own('settings', new SealedSettings(store, sealer));
  own('time', (now: number) => store.time(now));
  own('open', () => store.open());
  own('close', () => store.close());
  return sealed;
}

class SealedSettings implements SettingStore {
  constructor(
    private readonly store: Store,
    private readonly sealer: Sealer,
  ) {}

  async get(keys: readonly SettingKey[]): Promise<readonly (Setting | undefined)[]> {
    return (await this.store.settings.get(keys)).map((setting) => setting && this.opened(setting));
  }

  async list(tenant: string, prefix: string): Promise<readonly Setting[]> {
    return (await this.store.settings.list(tenant, prefix)).map((setting) => this.opened(setting));
  }

  async put(key: SettingKey, value: string, now: number, ifVersion?: number): Promise<Setting | undefined> {
    const kept = isSecret(key) ? this.sealer.seal(value, aboutOf(key)) : value;
    const setting = await this.store.settings.put(key, kept, now, ifVersion);
    return setting && { ...setting, value };
  }

  remove(key: SettingKey): Promise<boolean> {
    return this.store.settings.remove(key);
  }

  private opened(setting: Setting): Setting {
    return isSecret(setting) ? { ...setting, value: this.sealer.open(setting.value, aboutOf(setting)) } : setting;
  }
}

const isSecret = ({ name }: SettingKey): boolean => SECRET_SETTINGS.some((prefix) => name.startsWith(prefix));

/** A tenant has no space in it. */
const aboutOf = ({ tenant, name }: SettingKey): string => `${tenant} ${name}`;
