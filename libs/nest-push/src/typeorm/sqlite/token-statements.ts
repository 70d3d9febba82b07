import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { inBatches } from './batches.js';
import { fields } from './columns.js';

type TokenStatements = Pick<
  SqlDialect,
  'lockTokens' | 'putTokens' | 'dropOtherTokens' | 'dropTokens' | 'tokens' | 'tokenUsers'
>;

export function tokenStatements(t: TableNames): TokenStatements {
  return {
    lockTokens: (keys) =>
      ask(
        `SELECT j.key AS at, k.user, k.device, k.registered_at FROM json_each(?) j
        CROSS JOIN "${t.token}" k ON k.tenant = j.value ->> 0 AND k.digest = j.value ->> 1`,
        JSON.stringify(keys),
      ),
    putTokens: (rows) =>
      inBatches(
        `INSERT INTO "${t.token}" (tenant, digest, user, device, registered_at)
        SELECT ${fields(5)} FROM json_each(?) WHERE true
        ON CONFLICT (tenant, digest) DO UPDATE SET user = excluded.user, device = excluded.device,
          registered_at = excluded.registered_at`,
        rows,
      ),
    dropOtherTokens: (device, digests) =>
      ask(
        `DELETE FROM "${t.token}" WHERE tenant = ? AND user = ? AND device = ?
        AND digest NOT IN (SELECT value FROM json_each(?))`,
        ...device,
        JSON.stringify(digests),
      ),
    *dropTokens(rows: readonly (readonly unknown[])[]) {
      const found = yield* ask(
        `SELECT j.key AS at FROM json_each(?) j CROSS JOIN "${t.token}" k ON k.tenant = j.value ->> 0
          AND k.digest = j.value ->> 1 AND k.user = j.value ->> 2 AND k.device = j.value ->> 3
          AND k.registered_at <= j.value ->> 4`,
        JSON.stringify(rows),
      );
      yield* ask(
        `DELETE FROM "${t.token}" WHERE (tenant, digest) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
        JSON.stringify(found.map(({ at }) => rows[at as number])),
      );
      return found;
    },
    tokens: (users) =>
      ask(
        `SELECT j.key AS at, k.device, k.digest, k.registered_at FROM json_each(?) j
        CROSS JOIN "${t.token}" k INDEXED BY "${t.token}_device" ON k.tenant = j.value ->> 0 AND k.user = j.value ->> 1`,
        JSON.stringify(users),
      ),
    tokenUsers: (tenant, after, limit) =>
      ask(
        `SELECT DISTINCT user FROM "${t.token}" INDEXED BY "${t.token}_device" WHERE tenant = ? AND user > ?
        ORDER BY user LIMIT ?`,
        tenant,
        after,
        limit,
      ),
  };
}
