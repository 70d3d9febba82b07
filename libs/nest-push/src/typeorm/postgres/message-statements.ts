import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { binaryArray } from './arrays.js';
import { ENTRY_COLUMNS } from './columns.js';
import { overRows, POSITION, rowSet, tell } from './row-set.js';

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

const STREAMS = rowSet('r', { tenant: 'text', stream: 'text' });
const IDS = rowSet('r', { tenant: 'text', id: 'text' });
const WANTED = rowSet('r', { tenant: 'text', id: 'text', stream: 'text' });
const REQUESTS = rowSet('r', { tenant: 'text', stream: 'text', after: 'int8', most: 'int8', thread: 'text' });

export function messageStatements(t: TableNames): MessageStatements {
  /** The stream an entry lies in. */
  const ofEntry = `LEFT JOIN "${t.stream}" s ON s.tenant = e.tenant AND s.stream = e.stream`;
  const messageById = `FROM "${t.message}" m WHERE m.tenant = $1 AND m.id = $2`;
  const entries = `SELECT ${POSITION} AS at, e.seq, e.filter, ${ENTRY_COLUMNS} FROM ${REQUESTS.from}
    CROSS JOIN LATERAL (SELECT e.seq, e.filter, e.tenant, e.message_id FROM "${t.entry}" e
      WHERE e.tenant = r.tenant AND e.stream = r.stream AND e.seq > r.after
        AND (r.thread IS NULL OR e.thread = r.thread)
      ORDER BY e.seq LIMIT r.most) e
    JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id`;

  return {
    states: (streams) =>
      overRows(
        STREAMS,
        streams,
        `SELECT ${POSITION} AS at, s.head, s.first, s.carried, s.renewal FROM ${STREAMS.from}
        JOIN "${t.stream}" s ON s.tenant = r.tenant AND s.stream = r.stream`,
      ),
    /** They come in order already, as they are looked up; asking the database for it would sort whole messages. */
    *entries(requests: readonly (readonly unknown[])[]): Steps<Row[]> {
      const rows = yield* overRows(REQUESTS, requests, entries);
      return rows.sort((a, b) => (a.at as number) - (b.at as number) || (a.seq as number) - (b.seq as number));
    },
    messages: (ids) =>
      overRows(
        IDS,
        ids,
        `SELECT ${POSITION} AS at, ${ENTRY_COLUMNS}, m.audience, m.held_until FROM ${IDS.from}
        JOIN "${t.message}" m ON m.tenant = r.tenant AND m.id = r.id`,
      ),
    places: (tenant, id) =>
      ask(
        `SELECT e.stream, e.seq, s.renewal FROM "${t.entry}" e ${ofEntry} WHERE e.tenant = $1 AND e.message_id = $2`,
        tenant,
        id,
      ),
    placesOf: (ids) =>
      overRows(
        IDS,
        ids,
        `SELECT ${POSITION} AS at, e.stream, e.seq, s.renewal FROM ${IDS.from}
        JOIN "${t.entry}" e ON e.tenant = r.tenant AND e.message_id = r.id ${ofEntry}`,
      ),
    placesIn: (tenant, id, streams) =>
      overRows(
        WANTED,
        streams.map((stream) => [tenant, id, stream]),
        `SELECT ${POSITION} AS at, e.seq, s.renewal FROM ${WANTED.from}
        JOIN "${t.entry}" e ON e.tenant = r.tenant AND e.message_id = r.id AND e.stream = r.stream
        ${ofEntry}`,
      ),
    due: (now, limit, without) =>
      ask(
        `SELECT ${ENTRY_COLUMNS}, m.audience FROM "${t.message}" m WHERE m.held_until <= $1
          AND m.tenant <> ALL ($3::text[]) ORDER BY m.held_until, m.held_no LIMIT $2`,
        now,
        limit,
        binaryArray('text', without),
      ),
    /** Lengths are known without reading what is kept beside the row. */
    usage: (tenant) =>
      ask(
        `SELECT count(*) AS messages, coalesce(sum(octet_length(audience) + coalesce(octet_length(data), 0)
          + coalesce(octet_length(notification), 0)), 0)::int8 AS bytes FROM "${t.message}" WHERE tenant = $1`,
        tenant,
      ),

    lockMessage: (tenant, id) => ask(`SELECT m.held_until, m.recalled_at ${messageById} FOR UPDATE`, tenant, id),
    cancel: (tenant, id) => tell(`DELETE FROM "${t.message}" WHERE tenant = $1 AND id = $2`, tenant, id),
    recall: (tenant, id, at) =>
      tell(
        `UPDATE "${t.message}" SET data = NULL, notification = NULL, recalled_at = $3 WHERE tenant = $1 AND id = $2`,
        tenant,
        id,
        at,
      ),
    *recalledSince(streams: readonly (readonly string[])[], since: number): Steps<Row[]> {
      const rows = yield* overRows(
        STREAMS,
        streams,
        `SELECT ${POSITION} AS at, e.stream, e.seq, m.id, m.recalled_at, s.renewal FROM ${STREAMS.from}
        JOIN "${t.message}" m ON m.tenant = r.tenant AND m.recalled_at >= $3
        JOIN "${t.entry}" e ON e.tenant = m.tenant AND e.message_id = m.id AND e.stream = r.stream
        ${ofEntry}`,
        [since],
      );
      return rows.sort((a, b) => (a.recalled_at as number) - (b.recalled_at as number));
    },
  };
}
