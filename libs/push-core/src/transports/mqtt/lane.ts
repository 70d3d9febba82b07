import type { StreamName } from '../../wire.js';
import { idBase, PACKET_IDS, preferredId, type Run } from './codec.js';
import { Ranges, type Range } from './ranges.js';

/** Ids of one stream's unacknowledged entries lie this close together at most, so that none is used twice. */
const SPAN = 32_767;

/** What is remembered of a stream between two connections of one session. */
export interface LaneMemory {
  readonly stream: StreamName;
  readonly epoch: string;
  readonly acked: number;
  readonly top: number;
  readonly settled: readonly Range[];
  readonly shift: number;
}

/** A run that waits for room, or for its subscription. */
export interface Parcel {
  readonly run: Run;
  /** The first entry not sent yet. */
  at: number;
}

/**
 * One stream on one connection: which of its entries the client owes a PUBACK. Nothing is kept by entry: the packet id
 * follows from the `seq`.
 *
 *   acked   highest `seq` that is settled with all before it
 *   sent    highest `seq` handed to the socket on this connection
 *   redo    highest `seq` that was in flight when the session's last connection ended: up to there it is sent with DUP
 *   settled what is acknowledged, or needs no acknowledgement, beyond `acked`
 */
export class Lane {
  epoch: string;
  acked: number;
  sent: number;
  redo: number;
  settled = new Ranges();
  /** Sent on this connection and not acknowledged: all of (acked, sent] that is not settled. */
  inFlight = 0;
  /** The device follows the stream: the core wants to hear of acknowledgements. */
  followed = true;
  /** Highest `seq` the core has offered on this connection: nothing beyond may be acknowledged to it. */
  offered: number;
  /** Highest `seq` the core was told. */
  told: number;
  parked: Parcel[] = [];
  /** Added to the preferred ids, where those of another stream were in the way. */
  shift = 0;
  private readonly base: number;
  private readonly ack: string;

  constructor(
    readonly stream: StreamName,
    epoch: string,
    from: number,
  ) {
    this.epoch = epoch;
    this.acked = this.sent = this.redo = this.offered = this.told = from;
    this.base = idBase(stream);
    this.ack = `{"op":"ack","s":${JSON.stringify(stream)},"seq":`;
  }

  /** What the last connection of the session left behind, as far as it still lies ahead. */
  restore(memory: LaneMemory): void {
    if (memory.epoch !== this.epoch || memory.top <= this.acked) return;
    this.settled = new Ranges(memory.settled);
    this.acked = this.settled.absorb(Math.max(this.acked, memory.acked));
    this.sent = this.acked;
    this.redo = Math.max(memory.top, this.acked);
    this.shift = memory.shift;
  }

  memory(): LaneMemory {
    const { stream, epoch, acked, top, shift } = this;
    return { stream, epoch, acked, top, settled: this.settled.toJSON(), shift };
  }

  /** Highest `seq` whose packet id is taken. */
  get top(): number {
    return Math.max(this.sent, this.redo);
  }

  get isIdle(): boolean {
    return this.top <= this.acked;
  }

  idOf(seq: number): number {
    return preferredId(this.base + this.shift, seq);
  }

  /** The entry in flight under this packet id. */
  entryOf(id: number): number | undefined {
    if (this.inFlight === 0) return undefined;
    const next = this.acked + 1;
    const seq = next + ((id - this.idOf(next) + PACKET_IDS) % PACKET_IDS);
    return seq <= this.sent && !this.settled.has(seq) ? seq : undefined;
  }

  isDone(seq: number): boolean {
    return seq <= this.acked || (!this.settled.isEmpty && this.settled.has(seq));
  }

  /** Everything from `from` to `to` is done; how much of it was in flight. */
  settle(from: number, to: number): number {
    if (to <= this.acked) return 0;
    const low = Math.max(from, this.acked + 1);
    const high = Math.min(to, this.sent);
    const landed = high < low ? 0 : high - low + 1 - this.settled.within(low, high);
    this.inFlight -= landed;
    if (from > this.acked + 1) this.settled.add(from, to);
    else this.acked = this.settled.isEmpty ? to : this.settled.absorb(to);
    if (this.acked > this.sent) this.sent = this.acked;
    return landed;
  }

  /** Whether the ids up to `seq` stay clear of the other lane's. */
  isClearOf(other: Lane, seq: number): boolean {
    if (other.isIdle) return true;
    const mine = this.idOf(this.acked + 1);
    const its = other.idOf(other.acked + 1);
    const after = (its - mine + PACKET_IDS) % PACKET_IDS;
    return after >= seq - this.acked && PACKET_IDS - after >= other.top - other.acked;
  }

  /** Takes ids for everything up to `seq`; false when there are none free at the moment. */
  takeIds(seq: number, others: Iterable<Lane>): boolean {
    if (seq - this.acked > SPAN) return false;
    if (seq <= this.top) return true;
    // Where nothing is in flight the ids can be chosen anew.
    const fixed = !this.isIdle;
    if (!fixed) this.shift = 0;
    const busy: Lane[] = [];
    for (const other of others) if (other !== this && !other.isIdle) busy.push(other);
    const isClear = (): boolean => busy.every((other) => this.isClearOf(other, seq));
    if (isClear()) return true;
    if (fixed) return false;
    const next = this.acked + 1;
    for (const other of busy) {
      this.shift = 0;
      this.shift = (other.idOf(other.top + 1) - this.idOf(next) + PACKET_IDS) % PACKET_IDS;
      if (isClear()) return true;
    }
    return false;
  }

  /** An `ack` frame where the core does not know yet, else undefined. */
  takeAck(): string | undefined {
    const seq = Math.min(this.acked, this.offered);
    if (!this.followed || seq <= this.told) return undefined;
    this.told = seq;
    return `${this.ack}${seq}}`;
  }
}
