import type { Setting, SettingKey, SettingStore } from 'push-core';
import type { Row } from './sql-connection.js';
import type { StoreAccess } from './store-access.js';

export class TypeOrmSettings implements SettingStore {
  constructor(private readonly access: StoreAccess) {}

  async get(keys: readonly SettingKey[]): Promise<readonly (Setting | undefined)[]> {
    const { connection } = await this.access.opened();
    const found = keys.map((): Setting | undefined => undefined);
    if (keys.length === 0) return found;
    const asked = keys.map(({ tenant, name }) => [tenant, name] as const);
    for (const row of await connection.query(() => this.access.sql.settings(asked)))
      found[row.at as number] = toSetting(keys[row.at as number] as SettingKey, row);
    return found;
  }

  async list(tenant: string, prefix: string): Promise<readonly Setting[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(() => this.access.sql.settingsFrom(tenant, prefix, `${prefix}${LAST}`));
    return rows.map((row) => toSetting({ tenant, name: row.name as string }, row));
  }

  async put(
    { tenant, name }: SettingKey,
    value: string,
    now: number,
    ifVersion?: number,
  ): Promise<Setting | undefined> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    const [row]: Row[] = await connection.write(() => sql.putSetting(tenant, name, value, now, ifVersion ?? null));
    return row && { tenant, name, value, version: row.version as number, updatedAt: now };
  }

  async remove({ tenant, name }: SettingKey): Promise<boolean> {
    const { connection } = await this.access.opened();
    return (await connection.write(() => this.access.sql.removeSetting(tenant, name))).length > 0;
  }
}

/** Comes after every character of a name. */
const LAST = '\u{10FFFF}';

const toSetting = ({ tenant, name }: SettingKey, row: Row): Setting => ({
  tenant,
  name,
  value: row.value as string,
  version: row.version as number,
  updatedAt: row.updated_at as number,
});
