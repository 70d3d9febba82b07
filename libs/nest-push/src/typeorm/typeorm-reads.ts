import { isFor, type EntryFilter, type MarksRequest, type Position, type ReadMark, type ReadStore } from 'push-core';
import type { ThreadPlace, UnreadRequest, UserRef } from 'push-core';
import { inLockOrder } from './lock-order.js';
import type { Row } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

export class TypeOrmReads implements ReadStore {
  constructor(private readonly access: StoreAccess) {}

  async advance(marks: readonly ReadMark[]): Promise<readonly boolean[]> {
    const { connection } = await this.access.opened();
    if (marks.length === 0) return [];
    return connection.write(() => advanceSteps(this.access.sql, marks));
  }

  async changedSince(requests: readonly MarksRequest[]): Promise<readonly (readonly ReadMark[])[]> {
    const { connection } = await this.access.opened();
    const marks = requests.map((): ReadMark[] => []);
    if (requests.length === 0) return marks;
    const asked = requests.map(({ tenant, user, since }) => [tenant, user, since]);
    for (const row of await connection.query(() => this.access.sql.marksSince(asked))) {
      const { tenant, user } = requests[row.asked as number] as MarksRequest;
      const position = { epoch: row.epoch as string, seq: row.seq as number };
      const mark = { tenant, user, stream: row.stream as string, position, at: row.at as number };
      marks[row.asked as number]?.push(row.thread === '' ? mark : { ...mark, thread: row.thread as string });
    }
    return marks;
  }

  async unread(requests: readonly UnreadRequest[]): Promise<readonly ReadonlyMap<string, number>[]> {
    const { connection, epoch } = await this.access.opened();
    if (requests.length === 0) return [];
    const asked = requests.map(({ tenant, stream, user, since = 0, thread = null, now }) => [
      tenant,
      stream,
      user,
      since,
      thread,
      now,
    ]);
    const counts = requests.map(() => new Map<string, number>());
    const rows = await connection.query(() => this.access.sql.unread(asked, epoch));
    for (const { at, thread, filter, entries } of rows as unknown as UnreadRow[]) {
      const request = requests[at] as UnreadRequest;
      if (filter !== null && !isForReader(JSON.parse(filter) as EntryFilter, request)) continue;
      const byThread = counts[at] as Map<string, number>;
      byThread.set(thread, (byThread.get(thread) ?? 0) + entries);
    }
    return counts;
  }

  async covers(asked: readonly (ThreadPlace & UserRef)[]): Promise<readonly boolean[]> {
    const { connection } = await this.access.opened();
    const covered = asked.map(() => false);
    if (asked.length === 0) return covered;
    const requests = asked.map(({ tenant, stream, user, epoch, seq, thread = '' }) => {
      return [tenant, stream, user, epoch, seq, thread];
    });
    for (const row of await connection.query(() => this.access.sql.covers(requests))) covered[row.at as number] = true;
    return covered;
  }

  async readers(tenant: string, places: readonly ThreadPlace[]): Promise<readonly number[]> {
    const { connection } = await this.access.opened();
    const readers = places.map(() => 0);
    if (places.length === 0) return readers;
    const asked = places.map(({ stream, epoch, seq, thread = '' }) => [stream, epoch, seq, thread]);
    const rows = await connection.query(() => this.access.sql.readers(tenant, asked));
    for (const row of rows) readers[row.at as number] = row.users as number;
    return readers;
  }
}

function* advanceSteps(sql: SqlDialect, marks: readonly ReadMark[]): Steps<boolean[]> {
  const keys = marks.map(({ tenant, stream, thread = '', user }) => [tenant, stream, thread, user]);
  const distinct = inLockOrder([...new Map(keys.map((key) => [nameOf(key), key])).values()], 4);
  const current = new Map<string, Position>();
  for (const row of yield* sql.lockMarks(distinct)) {
    current.set(nameOf(distinct[row.at as number]), { epoch: row.epoch as string, seq: row.seq as number });
  }
  const changed = new Map<string, unknown[]>();
  const moved = marks.map(({ position, at }, i) => {
    const key = keys[i] as string[];
    const name = nameOf(key);
    const before = current.get(name);
    if (before?.epoch === position.epoch && before.seq >= position.seq) return false;
    current.set(name, position);
    changed.set(name, [...key, position.epoch, position.seq, at]);
    return true;
  });
  if (changed.size > 0) yield* sql.putMarks(inLockOrder([...changed.values()], 4));
  return moved;
}

interface UnreadRow extends Row {
  readonly at: number;
  readonly thread: string;
  readonly filter: string | null;
  readonly entries: number;
}

/** Ids hold no white space, so a space separates safely. */
const nameOf = (key: readonly string[] = []): string => key.join(' ');

function isForReader(filter: EntryFilter, { user, device }: UnreadRequest): boolean {
  return device === undefined ? !filter.exceptUsers?.includes(user) : isFor(filter, user, device);
}
