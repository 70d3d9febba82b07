import type { UserRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { Preferences } from '../../policy/preferences.js';
import type { PreferenceStore } from '../preference-store.js';
import type { MemoryData } from './memory-data.js';

export class MemoryPreferences implements PreferenceStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async put({ tenant, user }: UserRef, preferences: Preferences): Promise<void> {
    this.check();
    this.data.preferences.set(streamKey(tenant, user), structuredClone(preferences));
  }

  async load(users: readonly UserRef[]): Promise<readonly Preferences[]> {
    this.check();
    return users.map(({ tenant, user }) => this.data.preferences.get(streamKey(tenant, user)) ?? {});
  }
}
