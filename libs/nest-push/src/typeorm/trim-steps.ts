import type { TrimRequest } from 'push-core';
import { inLockOrder } from './lock-order.js';
import type { Row } from './sql-connection.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/** Streams looked at in one round. */
const STREAMS = 200;
/** … and messages that lost their entries while work was still to be done about them. */
const SPARED = 200;

export interface TrimRound {
  readonly entries: number;
  /** Something was removed, so there may be more. */
  readonly more: boolean;
}

interface Stream {
  readonly tenant: string;
  readonly stream: string;
  readonly head: number;
  readonly first: number;
}

/**
 * One round of retention, `limit` entries and keys at most: entries from the old ends, then what nothing refers to. For one tenant, by age
 * alone.
 */
export function* trimSteps(sql: SqlDialect, request: TrimRequest): Steps<TrimRound> {
  let entries = 0;
  const orphans = new Map<string, Pair>();
  const cut = function* ({ tenant, stream, head, first }: Stream, until: number): Steps<void> {
    const next = Math.min(until, first + request.limit - entries);
    if (next <= first) return;
    for (const row of yield* sql.deleteEntries(tenant, stream, next)) {
      const id = row.message_id as string;
      orphans.set(`${tenant} ${id}`, [tenant, id]);
    }
    entries += next - first;
    const [oldest] = next > head ? [] : yield* sql.joinedAt(tenant, stream, next);
    yield* sql.moveFirst(tenant, stream, next, oldest ? (oldest.joined_at as number) : null);
  };

  const only = request.tenant;
  const aged =
    only === undefined
      ? yield* sql.agedStreams(request.acceptedBefore, STREAMS, request.without ?? [])
      : yield* sql.agedStreamsOf(only, request.acceptedBefore, STREAMS);
  for (const one of streamsOf(aged)) {
    const { tenant, stream, head, first } = one;
    if (entries >= request.limit) break;
    const until = Math.min(head + 1, first + request.limit - entries);
    const [young] = yield* sql.firstYoung(tenant, stream, first, until, request.acceptedBefore);
    yield* cut(one, young ? (young.seq as number) : until);
  }
  const long = only === undefined ? yield* sql.longStreams(request.keepPerStream, STREAMS) : [];
  for (const one of streamsOf(long)) {
    if (entries >= request.limit) break;
    yield* cut(one, one.head - request.keepPerStream + 1);
  }
  const spared = only === undefined ? yield* sql.sparedMessages(SPARED) : [];
  for (const row of spared) {
    const [tenant, id] = [row.tenant as string, row.id as string];
    orphans.set(`${tenant} ${id}`, [tenant, id]);
  }
  if (orphans.size > 0) {
    const ids = inLockOrder([...orphans.values()], 2);
    yield* sql.deleteOrphans(ids);
    yield* sql.spareMessages(ids, request.now);
  }
  const keys = only === undefined ? yield* sql.deleteKeys(request.now, request.limit) : [];
  return { entries, more: entries > 0 || keys.length > 0 };
}

const streamsOf = (rows: readonly Row[]): readonly Stream[] => rows as unknown as readonly Stream[];
