import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';

type SettingStatements = Pick<
  SqlDialect,
  'settings' | 'settingsFrom' | 'putSetting' | 'removeSetting' | 'putPreferences' | 'preferences'
>;

export function settingStatements(t: TableNames): SettingStatements {
  const insert = `INSERT INTO "${t.setting}" (tenant, name, value, version, updated_at) VALUES (?1, ?2, ?3, 1, ?4)
    ON CONFLICT (tenant, name)`;
  const change = `SET value = ?3, version = version + 1, updated_at = ?4`;
  return {
    settings: (keys) =>
      ask(
        `SELECT j.key AS at, s.value, s.version, s.updated_at FROM json_each(?) j
        CROSS JOIN "${t.setting}" s ON s.tenant = j.value ->> 0 AND s.name = j.value ->> 1`,
        JSON.stringify(keys),
      ),
    settingsFrom: (tenant, from, until) =>
      ask(
        `SELECT name, value, version, updated_at FROM "${t.setting}"
        WHERE tenant = ? AND name >= ? AND name < ? ORDER BY name`,
        tenant,
        from,
        until,
      ),
    putSetting: (tenant, name, value, now, ifVersion) =>
      ifVersion === null
        ? ask(`${insert} DO UPDATE ${change} RETURNING version`, tenant, name, value, now)
        : ifVersion === 0
          ? ask(`${insert} DO NOTHING RETURNING version`, tenant, name, value, now)
          : ask(
              `UPDATE "${t.setting}" ${change} WHERE tenant = ?1 AND name = ?2 AND version = ?5 RETURNING version`,
              tenant,
              name,
              value,
              now,
              ifVersion,
            ),
    removeSetting: (tenant, name) =>
      ask(`DELETE FROM "${t.setting}" WHERE tenant = ? AND name = ? RETURNING 1`, tenant, name),

    putPreferences: (tenant, user, preferences, now) =>
      ask(
        `INSERT INTO "${t.preference}" (tenant, user, preferences, updated_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, user) DO UPDATE SET preferences = excluded.preferences, updated_at = excluded.updated_at`,
        tenant,
        user,
        preferences,
        now,
      ),
    preferences: (users) =>
      ask(
        `SELECT j.key AS at, p.preferences FROM json_each(?) j
        CROSS JOIN "${t.preference}" p ON p.tenant = j.value ->> 0 AND p.user = j.value ->> 1`,
        JSON.stringify(users),
      ),
  };
}
