import type { Row } from '../sql-connection.js';
import type { Pair, SqlDialect } from '../sql-dialect.js';
import { step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, pieces, setOf } from './sets.js';

/** What is read of a message `m`, except its audience. */
export const COLUMNS = sql`m.tenant, m.id, m."type", m.thread, m."data", m.notification, m."options", m.accepted_at,
  m.expires_at, m.due_at, m.recalled_at`;

export const statesOf = (t: TableNames): string =>
  sql`SELECT j.no - 1 AS "at", s.head, s."first", s.carried, s.renewal FROM ${setOf('tenant', 'stream')}
  STRAIGHT_JOIN "${t.stream}" s FORCE INDEX (PRIMARY) ON s.tenant = j.tenant AND s.stream = j.stream`;

/** Up to so many pages, it is not worth the while to look up first how long they are. */
const FEW_PAGES = 32;
/** A page of so few entries is cheaper to read by their numbers, one of more as a range. */
const FEW_ENTRIES = 8;
/** Ranges in one statement. */
const RANGES = 50;

type Page = readonly [tenant: string, stream: string, after: number, limit: number, thread: string | null];
type Asked = readonly [at: number, page: Page];

/**
 * Pages of many streams. As one set with a condition `seq > …` of each page's own, every stream would be read from its
 * beginning; a statement a page costs more than the page where that is short. So many short pages are read by the numbers
 * of their entries, which are known beforehand: entries are contiguous.
 */
export function entriesStatement(t: TableNames): SqlDialect['entries'] {
  const toMessage = sql`STRAIGHT_JOIN "${t.message}" m FORCE INDEX (PRIMARY) ON m.tenant = e.tenant AND m.id = e.message_id`;
  const range = (more: string) => sql`(SELECT CAST(? AS SIGNED) AS "at", e.seq, e."filter", ${COLUMNS}
    FROM "${t.entry}" e FORCE INDEX (PRIMARY) ${toMessage}
    WHERE e.tenant = ? AND e.stream = ? AND e.seq > ? ${more} ORDER BY e.seq LIMIT ?)`;
  const wholeRange = range('');
  const threadRange = range('AND e.thread = ?');
  const byNumber = sql`SELECT j.page, e.seq, e."filter", ${COLUMNS} FROM ${setOf('tenant', 'stream', '#seq', '#page')}
    STRAIGHT_JOIN "${t.entry}" e FORCE INDEX (PRIMARY) ON e.tenant = j.tenant AND e.stream = j.stream AND e.seq = j.seq
    ${toMessage}`;
  const states = statesOf(t);

  function* readRanges(asked: readonly Asked[]): Steps<Row[]> {
    const answers: Row[] = [];
    for (const { rows } of pieces(asked, RANGES)) {
      const some = rows as readonly Asked[];
      const texts = some.map(([, [, , , , thread]]) => (thread === null ? wholeRange : threadRange));
      const parameters = some.flatMap(([at, [tenant, stream, after, limit, thread]]) =>
        thread === null ? [at, tenant, stream, after, limit] : [at, tenant, stream, after, thread, limit],
      );
      for (const row of yield step(texts.join(' UNION ALL '), ...parameters)) answers.push(row);
    }
    return answers;
  }

  function* readNumbers(numbers: readonly (readonly unknown[])[]): Steps<Row[]> {
    const rows = yield* askSet(byNumber, numbers);
    for (const row of rows) row.at = row.page;
    return rows;
  }

  /** The numbers of the entries of short pages; what is left is longer. */
  function* sorted(asked: readonly Asked[]): Steps<{ numbers: unknown[][]; ranges: Asked[] }> {
    const streams = asked.map(([, [tenant, stream]]): Pair => [tenant, stream]);
    const numbers: unknown[][] = [];
    const ranges: Asked[] = [];
    for (const state of yield* askSet(states, streams)) {
      const { at: place, head, first } = state as unknown as State;
      const one = asked[place] as Asked;
      const [at, [tenant, stream, after, limit]] = one;
      const from = Math.max(after + 1, first);
      const last = Math.min(head, from + limit - 1);
      if (last - from >= FEW_ENTRIES) ranges.push(one);
      else for (let seq = from; seq <= last; seq++) numbers.push([tenant, stream, seq, at]);
    }
    return { numbers, ranges };
  }

  return function* entries(requests: readonly (readonly unknown[])[]): Steps<Row[]> {
    const all = (requests as readonly Page[]).map((page, at): Asked => [at, page]);
    let ranges = all;
    let answers: Row[] = [];
    if (all.length > FEW_PAGES) {
      const whole = all.filter(([, [, , , , thread]]) => thread === null);
      const known = yield* sorted(whole);
      answers = yield* readNumbers(known.numbers);
      ranges = [...known.ranges, ...all.filter(([, [, , , , thread]]) => thread !== null)];
    }
    for (const row of yield* readRanges(ranges)) answers.push(row);
    return answers.sort((a, b) => (a.at as number) - (b.at as number) || (a.seq as number) - (b.seq as number));
  };
}

interface State {
  readonly at: number;
  readonly head: number;
  readonly first: number;
}
