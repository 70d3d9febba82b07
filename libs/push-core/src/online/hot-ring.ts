import { SharedFrame } from '../transports/shared-frame.js';
import type { HotEntry } from './hot-entry.js';

/** A run of entries as one frame, the same for every follower that is owed exactly them. */
export interface HotFrame {
  readonly to: number;
  readonly frame: SharedFrame;
  /** From then on some entry of it has to be announced as expired instead. */
  readonly expiresAt: number;
}

const CACHED_FRAMES = 16;
/** Of all frames cached beside the newest one. */
const CACHED_CHARACTERS = 512 * 1024;

/**
 * The newest entries of a stream, contiguous, kept in memory for followers near its head. A cache: whatever it no longer
 * holds is read from the store.
 */
export class HotRing {
  private entries: HotEntry[] = [];
  private start = 0;
  /** The run asked for last: the only one, as long as all followers are at the head. */
  private newest?: { key: number; hot: HotFrame };
  private frames?: Map<number, HotFrame>;
  private cached = 0;
  /** Characters held, near enough bytes. */
  size = 0;
  /** Entries with a filter, or recalled: while there are none, frames can be shared without a look at each entry. */
  private special = 0;

  constructor(private readonly prefix: string) {}

  get length(): number {
    return this.entries.length - this.start;
  }

  /** Lowest `seq` held. Only while length > 0. */
  private get base(): number {
    return (this.entries[this.start] as HotEntry).seq;
  }

  /** `entry.seq` follows the last one, or the ring is empty. */
  push(entry: HotEntry): void {
    this.entries.push(entry);
    this.size += entry.tail.length;
    if (isSpecial(entry)) this.special++;
  }

  has(seq: number): boolean {
    return this.length > 0 && seq >= this.base && seq < this.base + this.length;
  }

  get(seq: number): HotEntry {
    return this.entries[this.start + seq - this.base] as HotEntry;
  }

  /** Lowest `seq` held, Infinity when none is. */
  get oldest(): number {
    return this.length > 0 ? this.base : Infinity;
  }

  get oldestAt(): number {
    return this.length > 0 ? this.get(this.base).at : Infinity;
  }

  /** Entries from `seq` on, at most `count` and about `bytes`. */
  run(seq: number, count: number, bytes: number): HotEntry[] {
    const from = this.start + seq - this.base;
    const run: HotEntry[] = [];
    for (let i = from, sum = 0; i < this.entries.length && run.length < count && sum < bytes; i++) {
      const entry = this.entries[i] as HotEntry;
      run.push(entry);
      sum += entry.tail.length;
    }
    return run;
  }

  /**
   * `count` entries from `seq` on (fewer where they exceed `bytes`) as one shared frame, or undefined where followers
   * differ in what they are owed of it. `count` is at most what the ring holds from there. `keep` where others may ask
   * for the same: what nobody shares is not held, or thousands of streams with one slow follower each would hold it all.
   */
  frame(seq: number, count: number, bytes: number, now: number, keep: boolean): HotFrame | undefined {
    if (this.special > 0) return undefined;
    const key = seq * 2048 + count;
    let hot = this.newest?.key === key ? this.newest.hot : this.frames?.get(key);
    if (!hot) {
      const run = this.run(seq, count, bytes);
      let expiresAt = Infinity;
      let text = '';
      for (const entry of run) {
        if (entry.expiresAt < expiresAt) expiresAt = entry.expiresAt;
        text += (text ? '\n' : '') + this.prefix + entry.seq + entry.tail;
      }
      hot = { to: seq + run.length - 1, frame: new SharedFrame(text), expiresAt };
      if (keep) {
        if (this.newest) this.remember(this.newest.key, this.newest.hot);
        this.newest = { key, hot };
      }
    }
    return now < hot.expiresAt ? hot : undefined;
  }

  private remember(key: number, hot: HotFrame): void {
    const size = hot.frame.text.length;
    if (!this.frames || this.frames.size >= CACHED_FRAMES || this.cached + size > CACHED_CHARACTERS) {
      this.frames = new Map();
      this.cached = 0;
    }
    this.frames.set(key, hot);
    this.cached += size;
  }

  private forgetFrames(): void {
    this.newest = undefined;
    this.frames = undefined;
    this.cached = 0;
  }

  /** Forgets entries up to `seq`. */
  dropThrough(seq: number): void {
    while (this.length > 0 && this.base <= seq) this.dropOldest();
    this.compact();
  }

  /** Forgets entries accepted before `at`, and the oldest beyond `count`. */
  dropStale(at: number, count: number): void {
    while (this.length > 0 && (this.length > count || this.get(this.base).at < at)) this.dropOldest();
    this.forgetFrames();
    this.compact();
  }

  /** The entry will be announced as recalled to whoever has not been sent it. */
  recall(seq: number): void {
    if (!this.has(seq)) return;
    const entry = this.get(seq);
    if (!isSpecial(entry)) this.special++;
    this.size -= entry.tail.length;
    this.entries[this.start + seq - this.base] = { ...entry, tail: '', recalled: true };
    this.forgetFrames();
  }

  clear(): void {
    this.entries.length = 0;
    this.start = 0;
    this.size = 0;
    this.special = 0;
    this.forgetFrames();
  }

  private dropOldest(): void {
    const entry = this.entries[this.start++] as HotEntry;
    this.size -= entry.tail.length;
    if (isSpecial(entry)) this.special--;
  }

  private compact(): void {
    if (this.length === 0) this.clear();
    else if (this.start > 64 && this.start * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.start);
      this.start = 0;
    }
  }
}

const isSpecial = (entry: HotEntry): boolean => entry.filter !== undefined || entry.recalled === true;
