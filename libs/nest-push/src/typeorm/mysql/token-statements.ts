import type { Row } from '../sql-connection.js';
import type { DeviceKey, Pair, SqlDialect } from '../sql-dialect.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

type TokenStatements = Pick<
  SqlDialect,
  'lockTokens' | 'putTokens' | 'dropOtherTokens' | 'dropTokens' | 'tokens' | 'tokenUsers'
>;

type Rows = readonly (readonly unknown[])[];

export function tokenStatements(t: TableNames): TokenStatements {
  const insert = sql`INSERT INTO "${t.token}" (tenant, digest, "user", device, registered_at)`;
  const toToken = sql`STRAIGHT_JOIN "${t.token}" k FORCE INDEX (PRIMARY) ON k.tenant = j.tenant AND k.digest = j.digest`;
  const owners = sql`SELECT j.no - 1 AS "at", k."user", k.device, k.registered_at
    FROM ${setOf('tenant', 'digest')} ${toToken} WHERE k."user" <> ''`;
  const own = sql`SELECT j.no - 1 AS "at" FROM ${setOf('tenant', 'digest', 'user', 'device', '#before')} ${toToken}
    AND k."user" = j."user" AND k.device = j.device AND k.registered_at <= j."before" FOR UPDATE`;
  const drop = sql`DELETE k FROM ${setOf('tenant', 'digest')} ${toToken}`;
  const digestsOf = sql`SELECT digest FROM "${t.token}" FORCE INDEX (by_device)
    WHERE tenant = ? AND "user" = ? AND device = ?`;

  return {
    /** One that is not there cannot be locked, so it is made; the insertion locks those that are there. */
    *lockTokens(keys: readonly Pair[]): Steps<Row[]> {
      yield* insertRows(
        insert,
        keys.map((key) => [...key, '', '', 0]),
        sql`ON DUPLICATE KEY UPDATE registered_at = registered_at`,
      );
      return yield* askSet(owners, keys);
    },
    putTokens: (rows) =>
      insertRows(
        insert,
        rows,
        sql`ON DUPLICATE KEY UPDATE "user" = VALUES("user"), device = VALUES(device), registered_at = VALUES(registered_at)`,
      ),
    *dropOtherTokens(device: DeviceKey, digests: readonly string[]): Steps<void> {
      const kept = new Set(digests);
      const others = (yield* ask(digestsOf, ...device)).filter(({ digest }) => !kept.has(digest as string));
      const named = others.map(({ digest }) => [device[0], digest, device[1], device[2], Number.MAX_SAFE_INTEGER]);
      const found = yield* askSet(own, named);
      yield* askSet(
        drop,
        found.map(({ at }) => named[at as number]?.slice(0, 2) ?? []),
      );
    },
    *dropTokens(rows: Rows): Steps<Row[]> {
      const found = yield* askSet(own, rows);
      yield* askSet(
        drop,
        found.map(({ at }) => rows[at as number]?.slice(0, 2) ?? []),
      );
      return found;
    },
    tokens: (users) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", k.device, k.digest, k.registered_at FROM ${setOf('tenant', 'user')}
        STRAIGHT_JOIN "${t.token}" k FORCE INDEX (by_device) ON k.tenant = j.tenant AND k."user" = j."user"`,
        users,
      ),
    tokenUsers: (tenant, after, limit) =>
      ask(
        sql`SELECT DISTINCT "user" FROM "${t.token}" FORCE INDEX (by_device)
        WHERE tenant = ? AND "user" > ? ORDER BY "user" LIMIT ?`,
        tenant,
        after,
        limit,
      ),
  };
}
