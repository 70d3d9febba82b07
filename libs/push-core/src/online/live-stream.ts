import { wireName, type StreamRef, type StreamState } from '../model/stream.js';
import type { Follower } from './follower.js';
import type { HotEntry } from './hot-entry.js';
import { HotRing } from './hot-ring.js';

const UNKNOWN = -1;
/** The stream was erased and began anew while it was followed here. */
export const isBegunAnew = (live: LiveStream, epoch: string): boolean => live.established && live.epoch !== epoch;

/** A stream with so few followers forgets what all of them have acknowledged at once; larger ones go by age. */
const FEW = 4;

/**
 * A stream that has followers on this node: its head as far as known here, and its newest entries.
 *
 * It comes to life before its state is read from the store, so that nothing committed in between is missed:
 * until `establish`, the head is unknown and only the highest `seq` heard of is noted.
 */
export class LiveStream implements StreamRef {
  readonly tenant: string;
  readonly stream: string;
  /** As the stream's followers call it. */
  readonly name: string;
  /** A push object up to its `seq`. */
  readonly prefix: string;
  readonly followers: Follower[] = [];
  epoch = '';
  head = UNKNOWN;
  /** Has entries of the commit at hand; the hub pumps it once for all of them. */
  touched = false;
  /** Connects under way that need it. */
  pins = 0;
  /** Heads noted while the own one is unknown. */
  private heard = 0;
  private ring?: HotRing;
  /** Withdrawn while the stream was live here. */
  private recalls?: Set<number>;

  constructor(
    ref: StreamRef,
    private readonly hotEntries: number,
  ) {
    this.tenant = ref.tenant;
    this.stream = ref.stream;
    this.name = wireName(ref.stream);
    this.prefix = `{"op":"push","s":${JSON.stringify(this.name)},"seq":`;
  }

  get established(): boolean {
    return this.head !== UNKNOWN;
  }

  get hot(): HotRing | undefined {
    return this.ring;
  }

  establish(state: StreamState): void {
    if (this.established && this.epoch === state.epoch) {
      this.observe(state.head);
      return;
    }
    this.epoch = state.epoch;
    this.head = Math.max(state.head, this.heard);
    this.ring = undefined;
  }

  /** A newly committed entry. Followers are pumped by the caller, once for all entries. */
  offer(entry: HotEntry): void {
    if (!this.established) {
      this.heard = Math.max(this.heard, entry.seq);
      return;
    }
    if (entry.seq <= this.head) return;
    if (this.followers.length > 0) {
      // Others may have written in between (another node, a host's transaction): the ring begins anew after the hole.
      if (entry.seq !== this.head + 1) this.ring?.clear();
      this.ring ??= new HotRing(this.prefix);
      this.ring.push(this.recalls?.has(entry.seq) ? { ...entry, recalled: true } : entry);
      if (this.ring.length > this.hotEntries * 2) this.ring.dropStale(-Infinity, this.hotEntries);
    }
    this.head = entry.seq;
  }

  /** A hint: the stream has at least this head. True when that is news. */
  observe(head: number): boolean {
    if (!this.established) {
      this.heard = Math.max(this.heard, head);
      return false;
    }
    if (head <= this.head) return false;
    this.ring?.clear();
    this.head = head;
    return true;
  }

  /** Pages that were read before still hold it. */
  recall(seq: number): void {
    (this.recalls ??= new Set()).add(seq);
    this.ring?.recall(seq);
  }

  wasRecalled(seq: number): boolean {
    return this.recalls?.has(seq) ?? false;
  }

  pumpAll(): void {
    for (let i = this.followers.length - 1; i >= 0; i--) this.followers[i]?.pump();
  }

  leave(follower: Follower): void {
    const last = this.followers.pop();
    if (last && last !== follower) {
      last.slot = follower.slot;
      this.followers[follower.slot] = last;
    }
    if (this.followers.length === 0) this.ring = undefined;
  }

  /** What every follower has acknowledged needs no memory. */
  acknowledged(): void {
    if (!this.ring || this.followers.length > FEW) return;
    let seq = Infinity;
    for (const follower of this.followers) seq = Math.min(seq, follower.acked);
    this.ring.dropThrough(seq);
  }

  /** Returns the characters still held. */
  cool(acceptedBefore: number): number {
    if (!this.ring) return 0;
    this.ring.dropStale(acceptedBefore, this.hotEntries);
    if (this.ring.length === 0) this.ring = undefined;
    return this.ring?.size ?? 0;
  }

  forgetHot(): void {
    this.ring = undefined;
  }
}
