import type { Row } from '../sql-connection.js';
import type { HeadMove, MovedHead, NewEntry } from '../sql-dialect.js';
import type { Step, Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { arraysOf, lastly, parts, quietly, rowSet } from './row-set.js';

const MOVES = rowSet('m', { tenant: 'text', stream: 'text', moved: 'int8', age: 'int8', bucket: 'int8' });
/** `back`: its distance from the new head of move number `move` (from 1); never positive. */
const ENTRIES = rowSet('e', {
  tenant: 'text',
  stream: 'text',
  move: 'int8',
  back: 'int8',
  message_id: 'text',
  thread: 'text',
  joined_at: 'int8',
  filter: 'text',
}).startingAt(MOVES.types.length + 1);
const NUMBERED = rowSet('e', {
  tenant: 'text',
  stream: 'text',
  seq: 'int8',
  message_id: 'text',
  thread: 'text',
  joined_at: 'int8',
  filter: 'text',
});

interface JoinStatement {
  /**
   * See `SqlDialect.join`. `last`: nothing follows it in its unit, so the heads are let go of as soon as the database
   * has written it down, and not only when this process has read the answer and said so.
   */
  join(moves: readonly HeadMove[], entries: readonly NewEntry[], last?: boolean): Steps<MovedHead[]>;
}

/**
 * Moves heads and inserts their entries in one statement, one round trip.
 *
 * The heads are locked and answered in the order they are given in: the rows go through the upsert one by one. So the
 * n-th answer is the n-th move's, and entries find their head by its number, without a join.
 */
export function joinStatement(t: TableNames): JoinStatement {
  const columns = 'tenant, stream, seq, message_id, thread, joined_at, filter';
  const join = `WITH moved AS (
      INSERT INTO "${t.stream}" AS s (tenant, stream, head, first, oldest_at, renewal)
      SELECT m.tenant, m.stream, m.moved, 1, m.age,
        (SELECT r.mark FROM "${t.renewal}" r WHERE r.bucket = m.bucket) FROM ${MOVES.from} ORDER BY m.at
      ON CONFLICT (tenant, stream) DO UPDATE
        SET head = s.head + excluded.head, oldest_at = coalesce(s.oldest_at, excluded.oldest_at)
      RETURNING s.head, s.renewal),
    heads AS MATERIALIZED (SELECT array_agg(moved.head) AS head,
      CASE WHEN count(moved.renewal) > 0 THEN array_agg(coalesce(moved.renewal, '')) END AS renewal FROM moved),
    joined AS (
      INSERT INTO "${t.entry}" (${columns})
      SELECT e.tenant, e.stream, heads.head[e.move] + e.back, e.message_id, e.thread, e.joined_at, e.filter
      FROM heads CROSS JOIN ${ENTRIES.from})
    SELECT array_to_string(head, ' ') AS heads, array_to_string(renewal, ' ') AS renewals FROM heads`;
  const insertEntries = `INSERT INTO "${t.entry}" (${columns})
    SELECT e.tenant, e.stream, e.seq, e.message_id, e.thread, e.joined_at, e.filter FROM ${NUMBERED.from}`;

  return {
    *join(moves: readonly HeadMove[], entries: readonly NewEntry[], last = false): Steps<MovedHead[]> {
      const heads: MovedHead[] = [];
      const byMove = grouped(moves, entries);
      const moveRows = moves.map(({ tenant, stream, count, age, bucket }) => [tenant, stream, count, age, bucket]);
      for (const [from, part] of parts(moveRows)) {
        const rows = byMove.slice(from, from + part.length).flatMap((group, at) => {
          const { tenant, stream, count } = moves[from + at] as HeadMove;
          return group.map(({ rank, messageId, thread, joinedAt, filter }) => [
            tenant,
            stream,
            at + 1,
            rank - count,
            messageId,
            thread,
            joinedAt,
            filter,
          ]);
        });
        const [first = [], ...rest] = [...parts(rows)].map(([, one]) => one);
        const parameters = [...arraysOf(MOVES.types, part), ...arraysOf(ENTRIES.types, first)];
        const one: Step = { sql: join, parameters };
        const isLast = last && rest.length === 0 && from + part.length === moves.length;
        const [answer]: Row[] = yield isLast ? lastly(one) : one;
        const marks = (answer?.renewals as string | null)?.split(' ');
        for (const [at, head] of (answer?.heads as string).split(' ').entries())
          heads.push({ head: Number(head), renewal: marks?.[at] || null });
        for (const more of rest) {
          const numbered = more.map(([tenant, stream, move, back, ...fields]) => {
            const { head } = heads[from + (move as number) - 1] as MovedHead;
            return [tenant, stream, head + (back as number), ...fields];
          });
          yield* quietly(NUMBERED, numbered, insertEntries);
        }
      }
      return heads;
    },
  };
}

function grouped(moves: readonly HeadMove[], entries: readonly NewEntry[]): NewEntry[][] {
  const groups = moves.map((): NewEntry[] => []);
  for (const entry of entries) groups[entry.head]?.push(entry);
  return groups;
}
