import type { UserRef } from '../../model/device.js';
import { isFor, type Entry } from '../../model/message.js';
import { streamKey } from '../../model/stream.js';
import type { MarksRequest, ReadMark, ReadStore, ThreadPlace, UnreadRequest } from '../read-store.js';
import { entryOf, type MemoryData, type Marks } from './memory-data.js';

/** Name of the mark of the whole stream, and of the count of what has no thread. No thread has an empty name. */
const WHOLE = '';

export class MemoryReads implements ReadStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async advance(marks: readonly ReadMark[]): Promise<readonly boolean[]> {
    this.check();
    return marks.map((mark) => {
      const { tenant, stream, user, thread = WHOLE, position } = mark;
      const users = entryOf(this.data.marks, streamKey(tenant, stream), () => new Map<string, Marks>());
      const own = entryOf(users, user, (): Marks => new Map());
      const current = own.get(thread)?.position;
      if (current?.epoch === position.epoch && current.seq >= position.seq) return false;
      own.set(thread, { ...mark, position: { ...position } });
      entryOf(this.data.markedStreams, streamKey(tenant, user), () => new Set<string>()).add(stream);
      return true;
    });
  }

  async changedSince(requests: readonly MarksRequest[]): Promise<readonly (readonly ReadMark[])[]> {
    this.check();
    return requests.map(({ tenant, user, since }) => {
      const streams = [...(this.data.markedStreams.get(streamKey(tenant, user)) ?? [])];
      const marks = streams.flatMap((stream) => [
        ...(this.data.marks.get(streamKey(tenant, stream))?.get(user)?.values() ?? []),
      ]);
      return marks.filter((mark) => mark.at >= since).sort((a, b) => a.at - b.at);
    });
  }

  async unread(requests: readonly UnreadRequest[]): Promise<readonly ReadonlyMap<string, number>[]> {
    this.check();
    return requests.map((request) => this.count(request));
  }

  async covers(asked: readonly (ThreadPlace & UserRef)[]): Promise<readonly boolean[]> {
    this.check();
    return asked.map((place) => {
      const marks = this.data.marks.get(streamKey(place.tenant, place.stream))?.get(place.user);
      return marks !== undefined && covered(marks, place);
    });
  }

  async readers(tenant: string, places: readonly ThreadPlace[]): Promise<readonly number[]> {
    this.check();
    return places.map((place) => {
      let users = 0;
      for (const marks of this.data.marks.get(streamKey(tenant, place.stream))?.values() ?? [])
        if (covered(marks, place)) users++;
      return users;
    });
  }

  private count(request: UnreadRequest): ReadonlyMap<string, number> {
    const { streams, marks: allMarks } = this.data;
    const key = streamKey(request.tenant, request.stream);
    const epoch = streams.get(key)?.epoch ?? '';
    const marks: Marks = allMarks.get(key)?.get(request.user) ?? new Map<string, ReadMark>();
    const from = Math.max(request.since ?? 0, readUpTo(marks, WHOLE, epoch));
    const counts = new Map<string, number>();
    for (const entry of streams.get(key)?.slice(from, Infinity) ?? []) {
      const thread = entry.message.thread ?? WHOLE;
      if (request.thread !== undefined && thread !== request.thread) continue;
      if (entry.seq <= readUpTo(marks, thread, epoch) || !isUnread(entry, request)) continue;
      counts.set(thread, (counts.get(thread) ?? 0) + 1);
    }
    return counts;
  }
}

function covered(marks: Marks, { epoch, seq, thread }: ThreadPlace): boolean {
  const names = thread === undefined ? [WHOLE] : [WHOLE, thread];
  return names.some((name) => readUpTo(marks, name, epoch) >= seq);
}

/** 0 without a mark, and for one of another epoch. */
function readUpTo(marks: Marks, thread: string, epoch: string): number {
  const position = marks.get(thread)?.position;
  return position?.epoch === epoch ? position.seq : 0;
}

function isUnread({ message, filter }: Entry, { user, device, now }: UnreadRequest): boolean {
  if (message.recalledAt !== undefined || message.expiresAt <= now) return false;
  if (!filter) return true;
  return device === undefined ? !filter.exceptUsers?.includes(user) : isFor(filter, user, device);
}
