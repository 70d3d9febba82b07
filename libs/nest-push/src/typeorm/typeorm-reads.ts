import { isFor, type EntryFilter, type Position, type ReadMark, type ReadStore } from 'push-core';
import type { ThreadPlace, UnreadRequest } from 'push-core';
import { batches } from './batches.js';
import type { Row } from './sqlite-connection.js';
import type { StoreAccess } from './store-access.js';

export class TypeOrmReads implements ReadStore {
  constructor(private readonly access: StoreAccess) {}

  async advance(marks: readonly ReadMark[]): Promise<readonly boolean[]> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    if (marks.length === 0) return [];
    const keys = marks.map(({ tenant, stream, thread = '', user }) => [tenant, stream, thread, user]);
    return connection.write((run) => {
      const current = new Map<string, Position>();
      for (const row of run(sql.marks, [JSON.stringify(keys)]))
        current.set(nameOf(keys[row.at as number]), { epoch: row.epoch as string, seq: row.seq as number });
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
      for (const json of batches([...changed.values()])) run(sql.putMarks, [json]);
      return moved;
    });
  }

  async changedSince(tenant: string, user: string, since: number): Promise<readonly ReadMark[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(this.access.sql.marksSince, [tenant, user, since]);
    return rows.map((row) => {
      const position = { epoch: row.epoch as string, seq: row.seq as number };
      const mark = { tenant, user, stream: row.stream as string, position, at: row.at as number };
      return row.thread === '' ? mark : { ...mark, thread: row.thread as string };
    });
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
    const rows = await connection.query(this.access.sql.unread, [JSON.stringify(asked), epoch]);
    for (const { at, thread, filter, entries } of rows as unknown as UnreadRow[]) {
      const request = requests[at] as UnreadRequest;
      if (filter !== null && !isForReader(JSON.parse(filter) as EntryFilter, request)) continue;
      const byThread = counts[at] as Map<string, number>;
      byThread.set(thread, (byThread.get(thread) ?? 0) + entries);
    }
    return counts;
  }

  async readers(tenant: string, places: readonly ThreadPlace[]): Promise<readonly number[]> {
    const { connection } = await this.access.opened();
    const readers = places.map(() => 0);
    if (places.length === 0) return readers;
    const asked = places.map(({ stream, epoch, seq, thread = '' }) => [stream, epoch, seq, thread]);
    const rows = await connection.query(this.access.sql.readers, [JSON.stringify(asked), tenant]);
    for (const row of rows) readers[row.at as number] = row.users as number;
    return readers;
  }
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
