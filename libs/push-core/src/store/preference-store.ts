import type { UserRef } from '../model/device.js';
import type { Preferences } from '../policy/preferences.js';

/** What users want to be told of, and when. */
export interface PreferenceStore {
  /** Replaces all of it. */
  put(user: UserRef, preferences: Preferences, now: number): Promise<void>;
  /** For each user, in their order; `{}` where nothing was put. */
  load(users: readonly UserRef[]): Promise<readonly Preferences[]>;
}
