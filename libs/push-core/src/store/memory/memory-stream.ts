import type { Entry } from '../../model/message.js';

/** Below this many removed slots the array is left alone. */
const COMPACT_FROM = 64;

/**
 * The entries of one stream, contiguous from `first` to `head`. Trimming moves `first`; the array is cut only when most
 * of it is empty, so that removing costs no copy each time.
 */
export class MemoryStream {
  head = 0;
  first = 1;
  private entries: (Entry | undefined)[] = [];
  /** `seq` of `entries[0]`. */
  private base = 1;

  constructor(readonly epoch: string) {}

  push(entry: Entry): void {
    this.entries.push(entry);
    this.head = entry.seq;
  }

  at(seq: number): Entry | undefined {
    return seq < this.first || seq > this.head ? undefined : this.entries[seq - this.base];
  }

  /** Puts another entry in the place of the one with its `seq`; one that is trimmed stays away. */
  replace(entry: Entry): void {
    if (entry.seq >= this.first && entry.seq <= this.head) this.entries[entry.seq - this.base] = entry;
  }

  /** Entries with a greater `seq` than `after`, ascending. */
  slice(after: number, limit: number): Entry[] {
    const from = Math.max(after + 1, this.first) - this.base;
    return this.entries.slice(from, from + limit) as Entry[];
  }

  /** As `slice`, of one thread only: `limit` counts what matches. */
  sliceOf(thread: string, after: number, limit: number): Entry[] {
    const found: Entry[] = [];
    for (let seq = Math.max(after + 1, this.first); seq <= this.head && found.length < limit; seq++) {
      const entry = this.entries[seq - this.base] as Entry;
      if (entry.message.thread === thread) found.push(entry);
    }
    return found;
  }

  /** Removes the oldest entry. */
  shift(): void {
    this.entries[this.first - this.base] = undefined;
    this.first++;
    const empty = this.first - this.base;
    if (empty < COMPACT_FROM || empty * 2 < this.entries.length) return;
    this.entries = this.entries.slice(empty);
    this.base = this.first;
  }
}
