import { renewalBucket, renewedEpoch, type AppendRequest, type Place } from 'push-core';
import { byCodeUnit } from './lock-order.js';
import { joinedAt } from './message-row.js';
import { pair } from './pair.js';
import type { HeadMove, MovedHead, NewEntry, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/** A stream and the requests that join it, in their order. */
interface Joined {
  readonly tenant: string;
  readonly stream: string;
  readonly age: number;
  readonly entries: Ranked[];
  /** The number of the first new entry. */
  from: number;
  epoch: string;
}

/** Its head is known when all streams are. */
interface Ranked extends NewEntry {
  head: number;
}

/** Takes the numbers of every stream and writes the entries. Places by request, in the order of its targets. `isLast`: nothing follows it in the unit. */
export function* joinSteps(
  sql: SqlDialect,
  epoch: string,
  requests: readonly (AppendRequest | undefined)[],
  isLast: boolean,
): Steps<(Place[] | undefined)[]> {
  const streams = new Map<string, Joined>();
  const ranked = requests.map((request) => request && rank(streams, request));
  if (streams.size === 0) return requests.map((request) => request && []);

  const heads = [...streams.values()].sort((a, b) => byCodeUnit(a.tenant, b.tenant) || byCodeUnit(a.stream, b.stream));
  const moves = heads.map(({ tenant, stream, age, entries }): HeadMove => {
    return { tenant, stream, count: entries.length, age, bucket: renewalBucket(tenant, stream) };
  });
  heads.forEach(({ entries }, head) => entries.forEach((entry) => (entry.head = head)));
  const entries = heads.flatMap((joined) => joined.entries);
  const last = yield* sql.join(moves, entries, isLast);
  heads.forEach((joined, at) => {
    const { head, renewal } = last[at] as MovedHead;
    joined.from = head - joined.entries.length + 1;
    joined.epoch = renewedEpoch(epoch, renewal);
  });
  return ranked.map((places) =>
    places?.map(({ joined, index }): Place => ({
      stream: joined.stream,
      epoch: joined.epoch,
      seq: joined.from + index,
    })),
  );
}

function rank(streams: Map<string, Joined>, { message, targets }: AppendRequest) {
  const { tenant, id: messageId, thread = null } = message;
  const age = joinedAt(message);
  return targets.map(({ stream, filter }) => {
    const name = pair(tenant, stream);
    let joined = streams.get(name);
    if (!joined) streams.set(name, (joined = { tenant, stream, age, entries: [], from: 0, epoch: '' }));
    const index = joined.entries.length;
    const text = filter ? JSON.stringify(filter) : null;
    joined.entries.push({ head: 0, rank: index + 1, messageId, thread, joinedAt: age, filter: text });
    return { joined, index };
  });
}
