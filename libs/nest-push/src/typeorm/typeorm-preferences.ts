import type { PreferenceStore, Preferences, UserRef } from 'push-core';
import type { StoreAccess } from './store-access.js';

export class TypeOrmPreferences implements PreferenceStore {
  constructor(private readonly access: StoreAccess) {}

  async put({ tenant, user }: UserRef, preferences: Preferences, now: number): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.putPreferences(tenant, user, JSON.stringify(preferences), now));
  }

  async load(users: readonly UserRef[]): Promise<readonly Preferences[]> {
    const { connection } = await this.access.opened();
    const found = users.map((): Preferences => ({}));
    if (users.length === 0) return found;
    const asked = users.map(({ tenant, user }) => [tenant, user] as const);
    for (const row of await connection.query(() => this.access.sql.preferences(asked)))
      found[row.at as number] = JSON.parse(row.preferences as string) as Preferences;
    return found;
  }
}
