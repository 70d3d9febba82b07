import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

type SettingStatements = Pick<
  SqlDialect,
  'settings' | 'settingsFrom' | 'putSetting' | 'removeSetting' | 'putPreferences' | 'preferences'
>;

export function settingStatements(t: TableNames): SettingStatements {
  const named = sql`FROM "${t.setting}" WHERE tenant = ? AND "name" = ?`;
  return {
    settings: (keys) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", s."value", s.version, s.updated_at FROM ${setOf('tenant', 'name')}
        STRAIGHT_JOIN "${t.setting}" s FORCE INDEX (PRIMARY) ON s.tenant = j.tenant AND s."name" = j."name"`,
        keys,
      ),
    settingsFrom: (tenant, from, until) =>
      ask(
        sql`SELECT "name", "value", version, updated_at FROM "${t.setting}"
        WHERE tenant = ? AND "name" >= ? AND "name" < ? ORDER BY "name"`,
        tenant,
        from,
        until,
      ),
    /** One that somebody else is making at this moment fails the unit, which finds it there when it is told again. */
    *putSetting(tenant: string, name: string, value: string, now: number, ifVersion: number | null): Steps<Row[]> {
      const [known] = yield step(sql`SELECT version ${named} FOR UPDATE`, tenant, name);
      const version = (known?.version as number | undefined) ?? 0;
      if (ifVersion !== null && ifVersion !== version) return [];
      if (known) {
        yield step(
          sql`UPDATE "${t.setting}" SET "value" = ?, version = ?, updated_at = ? WHERE tenant = ? AND "name" = ?`,
          value,
          version + 1,
          now,
          tenant,
          name,
        );
      } else {
        yield* insertRows(sql`INSERT INTO "${t.setting}" (tenant, "name", "value", version, updated_at)`, [
          [tenant, name, value, 1, now],
        ]);
      }
      return [{ version: version + 1 }];
    },
    *removeSetting(tenant: string, name: string): Steps<Row[]> {
      const removed: Row[] = yield step(sql`SELECT 1 AS removed ${named} FOR UPDATE`, tenant, name);
      if (removed.length > 0) yield step(sql`DELETE ${named}`, tenant, name);
      return removed;
    },

    putPreferences: (tenant, user, preferences, now) =>
      insertRows(
        sql`INSERT INTO "${t.preference}" (tenant, "user", preferences, updated_at)`,
        [[tenant, user, preferences, now]],
        sql`ON DUPLICATE KEY UPDATE preferences = VALUES(preferences), updated_at = VALUES(updated_at)`,
      ),
    preferences: (users) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", p.preferences FROM ${setOf('tenant', 'user')}
        STRAIGHT_JOIN "${t.preference}" p FORCE INDEX (PRIMARY) ON p.tenant = j.tenant AND p."user" = j."user"`,
        users,
      ),
  };
}
