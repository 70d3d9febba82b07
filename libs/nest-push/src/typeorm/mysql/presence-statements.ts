import { ENDLESS } from '../endless.js';
import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

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

/** Stands for null in a set: databases differ in what a JSON null is. */
const NONE = -1;

export function presenceStatements(t: TableNames): PresenceStatements {
  return {
    putPresence: (rows) =>
      insertRows(
        sql`INSERT INTO "${t.presence}" (tenant, "user", device, "connection", node, transport, "at", online_until)`,
        rows,
        sql`ON DUPLICATE KEY UPDATE "connection" = VALUES("connection"), node = VALUES(node),
          transport = VALUES(transport), "at" = VALUES("at"), online_until = VALUES(online_until)`,
      ),
    endPresence: (rows) =>
      askSet(
        sql`UPDATE ${setOf('tenant', 'user', 'device', 'connection', 'node', 'transport', '#at', '#online_until')}
        STRAIGHT_JOIN "${t.presence}" p FORCE INDEX (PRIMARY)
        ON p.tenant = j.tenant AND p."user" = j."user" AND p.device = j.device AND p."connection" = j."connection"
        SET p.node = j.node, p.transport = j.transport, p."at" = j."at", p.online_until = NULLIF(j.online_until, ${NONE})`,
        rows.map((row) => row.map((field) => field ?? NONE)),
      ),
    *presence(tenant: string, users: readonly string[]): Steps<Row[]> {
      const asked = users.map((user) => [user]);
      const rows = yield* askSet(
        sql`SELECT j.no - 1 AS asked, p.device, p.node, p.transport, p."at", p.online_until, n.renewed_at, n."until"
        FROM ${setOf('user')}
        STRAIGHT_JOIN "${t.presence}" p FORCE INDEX (PRIMARY) ON p.tenant = ? AND p."user" = j."user"
        LEFT JOIN "${t.node}" n ON n.node = p.node ORDER BY j.no, p.device`,
        asked,
        { after: [tenant] },
      );
      return rows;
    },
    holders: (users, now) =>
      askSet(
        sql`SELECT DISTINCT j.no - 1 AS "at", p.node FROM ${setOf('tenant', 'user')}
        STRAIGHT_JOIN "${t.presence}" p FORCE INDEX (PRIMARY)
          ON p.tenant = j.tenant AND p."user" = j."user" AND p.online_until > ?
        STRAIGHT_JOIN "${t.node}" n FORCE INDEX (PRIMARY) ON n.node = p.node AND n."until" > ?`,
        users,
        { after: [now, now] },
      ),
    dropPresence: (device) =>
      ask(sql`DELETE FROM "${t.presence}" WHERE tenant = ? AND "user" = ? AND device = ?`, ...device),
    lease: (node, now, until) =>
      ask(
        sql`INSERT INTO "${t.node}" (node, renewed_at, "until") VALUES (?, ?, ?)
        ON DUPLICATE KEY UPDATE renewed_at = VALUES(renewed_at), "until" = VALUES("until")`,
        node,
        now,
        until,
      ),
    lapsedNodes: (until) => ask(sql`SELECT node FROM "${t.node}" WHERE "until" <= ?`, until),
    /** Assignments take effect from left to right. */
    endConnections: (node) =>
      ask(
        sql`UPDATE "${t.presence}" FORCE INDEX (by_node) SET "at" = IF(online_until = ${ENDLESS},
          GREATEST("at", COALESCE((SELECT n.renewed_at FROM "${t.node}" n WHERE n.node = ?), 0)), "at"), online_until = NULL
        WHERE node = ? AND online_until IS NOT NULL`,
        node,
        node,
      ),
    dropNode: (node) => ask(sql`DELETE FROM "${t.node}" WHERE node = ?`, node),
  };
}
