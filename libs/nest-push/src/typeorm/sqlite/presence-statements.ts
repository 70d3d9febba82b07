import { ENDLESS } from '../endless.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { inBatches } from './batches.js';
import { fields } from './columns.js';

type PresenceStatements = Pick<
  SqlDialect,
  | 'putPresence'
  | 'endPresence'
  | 'presence'
  | 'holders'
  | 'dropPresence'
  | 'lease'
  | 'lapsedNodes'
  | 'endConnections'
  | 'dropNode'
>;

export function presenceStatements(t: TableNames): PresenceStatements {
  return {
    putPresence: (rows) =>
      inBatches(
        `INSERT INTO "${t.presence}" (tenant, user, device, connection, node, transport, at, online_until)
        SELECT ${fields(8)} FROM json_each(?) WHERE true
        ON CONFLICT (tenant, user, device) DO UPDATE SET connection = excluded.connection, node = excluded.node,
          transport = excluded.transport, at = excluded.at, online_until = excluded.online_until`,
        rows,
      ),
    endPresence: (rows) =>
      inBatches(
        `UPDATE "${t.presence}" SET node = j.value ->> 4, transport = j.value ->> 5, at = j.value ->> 6,
          online_until = j.value ->> 7
        FROM json_each(?) j WHERE tenant = j.value ->> 0 AND user = j.value ->> 1 AND device = j.value ->> 2
          AND connection = j.value ->> 3`,
        rows,
      ),
    presence: (tenant, users) =>
      ask(
        `SELECT j.key AS asked, p.device, p.node, p.transport, p.at, p.online_until, n.renewed_at, n.until
        FROM json_each(?2) j CROSS JOIN "${t.presence}" p ON p.tenant = ?1 AND p.user = j.value
        LEFT JOIN "${t.node}" n ON n.node = p.node ORDER BY j.key, p.device`,
        tenant,
        JSON.stringify(users),
      ),
    holders: (users, now) =>
      ask(
        `SELECT DISTINCT j.key AS at, p.node FROM json_each(?1) j
        CROSS JOIN "${t.presence}" p ON p.tenant = j.value ->> 0 AND p.user = j.value ->> 1 AND p.online_until > ?2
        CROSS JOIN "${t.node}" n ON n.node = p.node AND n.until > ?2`,
        JSON.stringify(users),
        now,
      ),
    dropPresence: (device) =>
      ask(`DELETE FROM "${t.presence}" WHERE tenant = ? AND user = ? AND device = ?`, ...device),
    lease: (node, now, until) =>
      ask(
        `INSERT INTO "${t.node}" (node, renewed_at, until) VALUES (?, ?, ?)
        ON CONFLICT (node) DO UPDATE SET renewed_at = excluded.renewed_at, until = excluded.until`,
        node,
        now,
        until,
      ),
    lapsedNodes: (until) => ask(`SELECT node FROM "${t.node}" WHERE until <= ?`, until),
    endConnections: (node) =>
      ask(
        `UPDATE "${t.presence}" SET online_until = NULL, at = CASE online_until WHEN ${ENDLESS}
          THEN max(at, coalesce((SELECT renewed_at FROM "${t.node}" WHERE node = ?1), 0)) ELSE at END
        WHERE node = ?1 AND online_until IS NOT NULL`,
        node,
      ),
    dropNode: (node) => ask(`DELETE FROM "${t.node}" WHERE node = ?`, node),
  };
}
