import type { TrimRequest } from 'push-core';
import type { SqliteDialect } from './dialects/sqlite.js';
import type { Row } from './sqlite-connection.js';
import { step, type Steps } from './steps.js';

/** Streams looked at in one round. */
const STREAMS = 200;

export interface TrimRound {
  readonly entries: number;
  /** Something was removed, so there may be more. */
  readonly more: boolean;
}

/** One round of retention, `limit` entries and keys at most: entries from the old ends, then what nothing refers to. */
export function* trimSteps(sql: SqliteDialect, request: TrimRequest): Steps<TrimRound> {
  let entries = 0;
  const orphans: [string, string][] = [];
  const cut = function* (stream: Row, until: number): Steps<void> {
    const {
      tenant,
      stream: name,
      head,
      first,
    } = stream as { tenant: string; stream: string; head: number; first: number };
    const next = Math.min(until, first + request.limit - entries);
    if (next <= first) return;
    for (const row of yield step(sql.deleteEntries, tenant, name, next))
      orphans.push([tenant, row.message_id as string]);
    entries += next - first;
    const [oldest] = next > head ? [] : yield step(sql.joinedAt, tenant, name, next);
    yield step(sql.moveFirst, next, oldest ? oldest.joined_at : null, tenant, name);
  };

  for (const stream of yield step(sql.agedStreams, request.acceptedBefore, STREAMS)) {
    const {
      tenant,
      stream: name,
      head,
      first,
    } = stream as { tenant: string; stream: string; head: number; first: number };
    if (entries >= request.limit) break;
    const until = Math.min(head + 1, first + request.limit - entries);
    const [young] = yield step(sql.firstYoung, tenant, name, first, until, request.acceptedBefore);
    yield* cut(stream, young ? (young.seq as number) : until);
  }
  for (const stream of yield step(sql.longStreams, request.keepPerStream, STREAMS)) {
    if (entries >= request.limit) break;
    yield* cut(stream, (stream.head as number) - request.keepPerStream + 1);
  }
  if (orphans.length > 0) yield step(sql.deleteOrphans, JSON.stringify(orphans));
  const keys = yield step(sql.deleteKeys, request.now, request.limit);
  return { entries, more: entries > 0 || keys.length > 0 };
}
