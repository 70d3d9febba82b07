import type { Row } from '../sql-connection.js';
import type { DeviceKey, Pair, SqlDialect } from '../sql-dialect.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { binaryArray } from './arrays.js';
import { overRows, POSITION, quietly, rowSet, tell } from './row-set.js';

type TokenStatements = Pick<
  SqlDialect,
  'lockTokens' | 'putTokens' | 'dropOtherTokens' | 'dropTokens' | 'tokens' | 'tokenUsers'
>;

const KEYS = rowSet('r', { tenant: 'text', digest: 'text' });
const USERS = rowSet('r', { tenant: 'text', reader: 'text' });
const TOKENS = rowSet('r', { tenant: 'text', digest: 'text', reader: 'text', device: 'text', since: 'int8' });

export function tokenStatements(t: TableNames): TokenStatements {
  const toToken = `JOIN "${t.token}" k ON k.tenant = r.tenant AND k.digest = r.digest`;
  /** One that is not there cannot be locked, so it is made; whoever is making the same one is waited for. */
  const make = `INSERT INTO "${t.token}" (tenant, digest, "user", device, registered_at)
    SELECT r.tenant, r.digest, '', '', 0 FROM ${KEYS.from} ORDER BY r.at ON CONFLICT DO NOTHING`;
  const lock = `SELECT ${POSITION} AS at, k."user", k.device, k.registered_at FROM ${KEYS.from} ${toToken}
    ORDER BY r.at FOR UPDATE OF k`;

  return {
    *lockTokens(keys: readonly Pair[]): Steps<Row[]> {
      yield* quietly(KEYS, keys, make);
      return (yield* overRows(KEYS, keys, lock)).filter(({ user }) => user !== '');
    },
    putTokens: (rows) =>
      quietly(
        TOKENS,
        rows,
        `UPDATE "${t.token}" k SET "user" = r.reader, device = r.device, registered_at = r.since FROM ${TOKENS.from}
        WHERE k.tenant = r.tenant AND k.digest = r.digest`,
      ),
    dropOtherTokens: (device: DeviceKey, digests: readonly string[]) =>
      tell(
        `DELETE FROM "${t.token}" WHERE tenant = $1 AND "user" = $2 AND device = $3 AND digest <> ALL ($4::text[])`,
        ...device,
        binaryArray('text', digests),
      ),
    dropTokens: (rows) =>
      overRows(
        TOKENS,
        rows,
        `WITH own AS MATERIALIZED (
          SELECT r.* FROM ${TOKENS.from} ${toToken} AND k."user" = r.reader AND k.device = r.device
            AND k.registered_at <= r.since ORDER BY r.at FOR UPDATE OF k)
        DELETE FROM "${t.token}" k USING own r WHERE k.tenant = r.tenant AND k.digest = r.digest
        RETURNING ${POSITION} AS at`,
      ),
    tokens: (users) =>
      overRows(
        USERS,
        users,
        `SELECT ${POSITION} AS at, k.device, k.digest, k.registered_at FROM ${USERS.from}
        JOIN "${t.token}" k ON k.tenant = r.tenant AND k."user" = r.reader`,
      ),
    tokenUsers: (tenant, after, limit) =>
      ask(
        `SELECT DISTINCT "user" FROM "${t.token}" WHERE tenant = $1 AND "user" > $2 ORDER BY "user" LIMIT $3`,
        tenant,
        after,
        limit,
      ),
  };
}
