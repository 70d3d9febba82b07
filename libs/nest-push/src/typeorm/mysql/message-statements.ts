import type { Row } from '../sql-connection.js';
import type { Pair, SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { COLUMNS, entriesStatement, statesOf } from './entries-statement.js';
import { sql } from './names.js';
import { askSet, setOf } from './sets.js';

type MessageStatements = Pick<
  SqlDialect,
  | 'states'
  | 'entries'
  | 'messages'
  | 'places'
  | 'placesOf'
  | 'placesIn'
  | 'due'
  | 'usage'
  | 'lockMessage'
  | 'cancel'
  | 'recall'
  | 'recalledSince'
>;

export function messageStatements(t: TableNames): MessageStatements {
  /** The stream an entry lies in. */
  const ofEntry = sql`LEFT JOIN "${t.stream}" s FORCE INDEX (PRIMARY) ON s.tenant = e.tenant AND s.stream = e.stream`;
  const byId = sql`FROM "${t.message}" m WHERE m.tenant = ? AND m.id = ?`;
  const recalled = (
    tenants: number,
  ) => sql`SELECT m.tenant, m.id, m.recalled_at FROM "${t.message}" m FORCE INDEX (by_recall)
    WHERE m.recalled_at >= ? AND m.tenant IN (${Array.from({ length: tenants }, () => '?').join()}) ORDER BY m.recalled_at`;
  const placesIn = sql`SELECT j.no - 1 AS "at", e.stream, e.seq, s.renewal FROM ${setOf('tenant', 'id', 'stream')}
    STRAIGHT_JOIN "${t.entry}" e FORCE INDEX (by_message)
    ON e.tenant = j.tenant AND e.message_id = j.id AND e.stream = j.stream ${ofEntry}`;

  return {
    states: (streams) => askSet(statesOf(t), streams),
    entries: entriesStatement(t),
    messages: (ids) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", ${COLUMNS}, m.audience, m.held_until FROM ${setOf('tenant', 'id')}
        STRAIGHT_JOIN "${t.message}" m FORCE INDEX (PRIMARY) ON m.tenant = j.tenant AND m.id = j.id`,
        ids,
      ),
    places: (tenant, id) =>
      ask(
        sql`SELECT e.stream, e.seq, s.renewal FROM "${t.entry}" e FORCE INDEX (by_message) ${ofEntry}
        WHERE e.tenant = ? AND e.message_id = ?`,
        tenant,
        id,
      ),
    placesOf: (ids) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", e.stream, e.seq, s.renewal FROM ${setOf('tenant', 'id')}
        STRAIGHT_JOIN "${t.entry}" e FORCE INDEX (by_message) ON e.tenant = j.tenant AND e.message_id = j.id ${ofEntry}`,
        ids,
      ),
    placesIn: (tenant, id, streams) =>
      askSet(
        placesIn,
        streams.map((stream) => [tenant, id, stream]),
      ),
    due: (now, limit, without) =>
      ask(
        sql`SELECT ${COLUMNS}, m.audience FROM "${t.message}" m FORCE INDEX (by_release) WHERE m.held_until <= ?
        ${without.length > 0 ? `AND m.tenant NOT IN (${without.map(() => '?').join()})` : ''}
        ORDER BY m.held_until, m.tenant, m.id LIMIT ?`,
        now,
        ...without,
        limit,
      ),
    usage: (tenant) =>
      ask(
        sql`SELECT COUNT(*) AS messages, CAST(COALESCE(SUM(LENGTH(audience) + COALESCE(LENGTH("data"), 0)
          + COALESCE(LENGTH(notification), 0)), 0) AS SIGNED) AS bytes FROM "${t.message}" WHERE tenant = ?`,
        tenant,
      ),

    lockMessage: (tenant, id) => ask(sql`SELECT m.held_until, m.recalled_at ${byId} FOR UPDATE`, tenant, id),
    cancel: (tenant, id) => ask(sql`DELETE FROM "${t.message}" WHERE tenant = ? AND id = ?`, tenant, id),
    recall: (tenant, id, at) =>
      ask(
        sql`UPDATE "${t.message}" SET "data" = NULL, notification = NULL, recalled_at = ? WHERE tenant = ? AND id = ?`,
        at,
        tenant,
        id,
      ),
    /** Few messages are recalled, so they come first; then the places of each in each stream, not all it has. */
    *recalledSince(streams: readonly Pair[], since: number): Steps<Row[]> {
      const tenants = [...new Set(streams.map(([tenant]) => tenant))];
      const messages = (yield step(recalled(tenants.length), since, ...tenants)) as unknown as readonly Recalled[];
      const asked = messages.flatMap((message) =>
        streams.flatMap(([tenant, stream]) => (tenant === message.tenant ? [{ message, stream }] : [])),
      );
      const places = yield* askSet(
        placesIn,
        asked.map(({ message, stream }) => [message.tenant, message.id, stream]),
      );
      const found = places.sort((a, b) => (a.at as number) - (b.at as number));
      return found.map(({ at, stream, seq, renewal }) => {
        const { id, recalled_at } = (asked[at as number] as (typeof asked)[number]).message;
        return { stream, seq, id, recalled_at, renewal };
      });
    },
  };
}

interface Recalled extends Row {
  readonly tenant: string;
  readonly id: string;
  readonly recalled_at: number;
}
