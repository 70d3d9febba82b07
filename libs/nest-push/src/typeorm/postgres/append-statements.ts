import { messageFields } from '../message-row.js';
import { pair } from '../pair.js';
import type { Row } from '../sql-connection.js';
import type { NewMessage, Pair, SqlDialect } from '../sql-dialect.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { MESSAGE_COLUMNS, storableKey } from './columns.js';
import { arraysOf, overRows, parts, POSITION, quietly, rowSet } from './row-set.js';

type AppendStatements = Pick<
  SqlDialect,
  | 'epoch'
  | 'epochBefore'
  | 'initEpoch'
  | 'usedKeys'
  | 'insertKeys'
  | 'insertMessages'
  | 'lockMessages'
  | 'releaseMessages'
>;

const PAIRS = rowSet('r', { tenant: 'text', name: 'text' });
const KEYS = rowSet('r', {
  tenant: 'text',
  key: 'text',
  fingerprint: 'text',
  message_id: 'text',
  accepted_at: 'int8',
  keep_until: 'int8',
});
const MESSAGES = rowSet('r', MESSAGE_COLUMNS);

/**
 * Told on a host's own connection too, whose driver answers 8-byte integers as texts: so numbers are answered as
 * `float8`, which holds every one of ours, and no UPDATE or DELETE answers rows, which TypeORM wraps.
 */
export function appendStatements(t: TableNames): AppendStatements {
  const columns = Object.keys(MESSAGE_COLUMNS).join(', ');
  const fields = Object.keys(MESSAGE_COLUMNS)
    .map((name) => `r.${name}`)
    .join(', ');
  const insertMessages = `WITH added AS (
    INSERT INTO "${t.message}" (${columns}, held_no)
    SELECT ${fields}, CASE WHEN r.held_until IS NOT NULL THEN nextval('"${t.message}_held_no"') END
    FROM ${MESSAGES.from} ON CONFLICT (tenant, id) DO NOTHING RETURNING tenant, id)
    SELECT count(*)::int4 AS added, CASE WHEN count(*) < cardinality($1::text[])
      THEN json_agg(tenant || ' ' || id)::text END AS names FROM added`;
  const messagesById = `SELECT ${POSITION} AS at, m.accepted_at::float8 AS accepted_at,
    m.held_until::float8 AS held_until FROM ${PAIRS.from}
    JOIN "${t.message}" m ON m.tenant = r.tenant AND m.id = r.name`;

  return {
    epoch: () => ask(`SELECT value FROM "${t.meta}" WHERE name = 'epoch'`),
    epochBefore: () => ask(`SELECT value FROM "${t.meta}" WHERE name = 'epoch_before'`),
    initEpoch: (epoch) =>
      ask(`INSERT INTO "${t.meta}" (name, value) VALUES ('epoch', $1) ON CONFLICT DO NOTHING`, epoch),
    usedKeys: (keys) =>
      overRows(
        PAIRS,
        keys.map(([tenant, key]) => [tenant, storableKey(key)]),
        `SELECT ${POSITION} AS at, k.fingerprint, k.message_id, k.accepted_at::float8 AS accepted_at FROM ${PAIRS.from}
        JOIN "${t.idempotency}" k ON k.tenant = r.tenant AND k.key = r.name`,
      ),
    insertKeys: (rows) =>
      quietly(
        KEYS,
        rows.map(([tenant, key, ...rest]) => [tenant, storableKey(key), ...rest]),
        `INSERT INTO "${t.idempotency}" (tenant, key, fingerprint, message_id, accepted_at, keep_until)
        SELECT r.tenant, r.key, r.fingerprint, r.message_id, r.accepted_at, r.keep_until FROM ${KEYS.from}
        ORDER BY r.at`,
      ),
    *insertMessages(messages: readonly NewMessage[]): Steps<Row[]> {
      const rows = messages.map(({ message, held }) => messageFields(message, held));
      const stored: number[] = [];
      for (const [from, part] of parts(rows)) {
        const [answer] = yield { sql: insertMessages, parameters: arraysOf(MESSAGES.types, part) };
        if (answer?.added === part.length) continue;
        const added = new Set(answer?.names ? (JSON.parse(answer.names as string) as string[]) : []);
        part.forEach(([tenant, id], at) => added.has(pair(tenant, id)) || stored.push(from + at));
      }
      if (stored.length === 0) return [];
      // A statement of its own: what another transaction has stored meanwhile is not in the view of the first.
      const ids = stored.map((at) => rows[at] as unknown as Pair);
      const known = yield* overRows(PAIRS, ids, messagesById);
      return known.map((row) => ({ ...row, at: stored[row.at as number] }));
    },
    lockMessages: (ids) => overRows(PAIRS, ids, `${messagesById} ORDER BY r.at FOR UPDATE OF m`),
    releaseMessages: (ids) =>
      quietly(
        PAIRS,
        ids,
        `UPDATE "${t.message}" m SET held_until = NULL, held_no = NULL FROM ${PAIRS.from}
        WHERE m.tenant = r.tenant AND m.id = r.name`,
      ),
  };
}
