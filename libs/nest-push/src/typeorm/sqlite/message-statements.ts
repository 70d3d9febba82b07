import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { ENTRY_COLUMNS } from './columns.js';

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
  const messageById = `FROM "${t.message}" m WHERE m.tenant = ? AND m.id = ?`;
  const entriesAfter = (more: string) => `SELECT e.seq, e.filter, ${ENTRY_COLUMNS} FROM "${t.entry}" e
    CROSS JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id
    WHERE e.tenant = ? AND e.stream = ? AND e.seq > ? ${more} ORDER BY e.seq LIMIT ?`;
  /** The stream an entry lies in. */
  const ofEntry = `LEFT JOIN "${t.stream}" s ON s.tenant = e.tenant AND s.stream = e.stream`;
  const entries = entriesAfter('');
  const entriesOfThread = entriesAfter('AND e.thread = ?');

  return {
    states: (streams) =>
      ask(
        `SELECT j.key AS at, s.head, s.first, s.carried, s.renewal FROM json_each(?) j
        CROSS JOIN "${t.stream}" s ON s.tenant = j.value ->> 0 AND s.stream = j.value ->> 1`,
        JSON.stringify(streams),
      ),
    /** A statement a request: prepared once, it costs no way to a server. */
    *entries(requests: readonly (readonly unknown[])[]): Steps<Row[]> {
      const answers: Row[] = [];
      for (const [at, [tenant, stream, after, limit, thread]] of requests.entries()) {
        const rows: Row[] =
          thread === null
            ? yield step(entries, tenant, stream, after, limit)
            : yield step(entriesOfThread, tenant, stream, after, thread, limit);
        for (const row of rows) {
          row.at = at;
          answers.push(row);
        }
      }
      return answers;
    },
    messages: (ids) =>
      ask(
        `SELECT j.key AS at, ${ENTRY_COLUMNS}, m.audience, m.held_until FROM json_each(?) j
        CROSS JOIN "${t.message}" m ON m.tenant = j.value ->> 0 AND m.id = j.value ->> 1`,
        JSON.stringify(ids),
      ),
    places: (tenant, id) =>
      ask(
        `SELECT e.stream, e.seq, s.renewal FROM "${t.entry}" e ${ofEntry} WHERE e.tenant = ? AND e.message_id = ?`,
        tenant,
        id,
      ),
    placesOf: (ids) =>
      ask(
        `SELECT j.key AS at, e.stream, e.seq, s.renewal FROM json_each(?) j
        CROSS JOIN "${t.entry}" e INDEXED BY "${t.entry}_message" ON e.tenant = j.value ->> 0 AND e.message_id = j.value ->> 1
        ${ofEntry}`,
        JSON.stringify(ids),
      ),
    placesIn: (tenant, id, streams) =>
      ask(
        `SELECT j.key AS at, e.seq, s.renewal FROM json_each(?) j
        CROSS JOIN "${t.entry}" e INDEXED BY "${t.entry}_message"
          ON e.tenant = ? AND e.message_id = ? AND e.stream = j.value ${ofEntry}`,
        JSON.stringify(streams),
        tenant,
        id,
      ),
    due: (now, limit, without) =>
      ask(
        `SELECT ${ENTRY_COLUMNS}, m.audience FROM "${t.message}" m WHERE m.held_until <= ?
          AND m.tenant NOT IN (SELECT value FROM json_each(?)) ORDER BY m.held_until, m.no LIMIT ?`,
        now,
        JSON.stringify(without),
        limit,
      ),
    usage: (tenant) =>
      ask(
        `SELECT count(*) AS messages, coalesce(sum(length(CAST(audience AS BLOB)) +
          coalesce(length(CAST(data AS BLOB)), 0) + coalesce(length(CAST(notification AS BLOB)), 0)), 0) AS bytes
        FROM "${t.message}" WHERE tenant = ?`,
        tenant,
      ),

    lockMessage: (tenant, id) => ask(`SELECT m.held_until, m.recalled_at ${messageById}`, tenant, id),
    cancel: (tenant, id) => ask(`DELETE FROM "${t.message}" WHERE tenant = ? AND id = ?`, tenant, id),
    recall: (tenant, id, at) =>
      ask(
        `UPDATE "${t.message}" SET data = NULL, notification = NULL, recalled_at = ? WHERE tenant = ? AND id = ?`,
        at,
        tenant,
        id,
      ),
    recalledSince: (streams, since) =>
      ask(
        `SELECT e.stream, e.seq, m.id, m.recalled_at, s.renewal FROM json_each(?) j
        CROSS JOIN "${t.message}" m ON m.tenant = j.value ->> 0 AND m.recalled_at >= ?
        CROSS JOIN "${t.entry}" e ON e.tenant = m.tenant AND e.message_id = m.id AND e.stream = j.value ->> 1
        ${ofEntry}
        ORDER BY m.recalled_at`,
        JSON.stringify(streams),
        since,
      ),
  };
}
