import { streamKey } from '../../model/stream.js';
import type { Setting, SettingKey, SettingStore } from '../setting-store.js';
import { byCodePoint } from './code-point-order.js';
import type { MemoryData } from './memory-data.js';

export class MemorySettings implements SettingStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async get(keys: readonly SettingKey[]): Promise<readonly (Setting | undefined)[]> {
    this.check();
    return keys.map(({ tenant, name }) => this.data.settings.get(streamKey(tenant, name)));
  }

  async list(tenant: string, prefix: string): Promise<readonly Setting[]> {
    this.check();
    return [...this.data.settings.values()]
      .filter((setting) => setting.tenant === tenant && setting.name.startsWith(prefix))
      .sort((a, b) => byCodePoint(a.name, b.name));
  }

  async put(
    { tenant, name }: SettingKey,
    value: string,
    now: number,
    ifVersion?: number,
  ): Promise<Setting | undefined> {
    this.check();
    const key = streamKey(tenant, name);
    const version = this.data.settings.get(key)?.version ?? 0;
    if (ifVersion !== undefined && ifVersion !== version) return undefined;
    const setting = { tenant, name, value, version: version + 1, updatedAt: now };
    this.data.settings.set(key, setting);
    return setting;
  }

  async remove({ tenant, name }: SettingKey): Promise<boolean> {
    this.check();
    return this.data.settings.delete(streamKey(tenant, name));
  }
}
