import type { StreamInfo, StreamName } from '../../wire.js';
import type { Run } from './codec.js';
import { Lane, type LaneMemory, type Parcel } from './lane.js';

const DUP = 0x08;

export interface DeliveryLimits {
  /** PUBLISH packets without PUBACK. */
  readonly inFlight: number;
  /** What the client takes at most, bytes. */
  readonly packetBytes: number;
}

/** Whether a stream's entries may leave: its subscription is there. */
export type Gate = (stream: StreamName) => boolean;

/**
 * What one connection was sent and has not acknowledged, and what waits to be sent: the in-flight window over all
 * streams, packet ids, and how PUBACKs turn into the core's cumulative acknowledgements.
 */
export class Deliveries {
  private readonly lanes = new Map<StreamName, Lane>();
  /** Lanes whose packet ids are taken. */
  private readonly busy = new Set<Lane>();
  /** Lanes with something parked, the one served last at the end. */
  private readonly waiting = new Set<Lane>();
  /** Lanes whose acknowledgement moved. */
  private readonly moved = new Set<Lane>();
  private inFlight = 0;
  /** Bytes that wait here for room or for a subscription. */
  parkedBytes = 0;

  constructor(
    private readonly limits: DeliveryLimits,
    private readonly isOpen: Gate,
    /** Too large for this client: as the standard has it, it counts as delivered. */
    private readonly onTooLarge: (stream: StreamName, seq: number, out: Buffer[]) => void,
  ) {}

  /** The core begins, or begins again, to deliver a stream. */
  begin(stream: StreamName, { epoch, from }: Pick<StreamInfo, 'epoch' | 'from'>, memory?: LaneMemory): void {
    const known = this.lanes.get(stream);
    if (known?.epoch === epoch) {
      // What is in flight stays in flight: this connection's client has it and owes the PUBACK.
      this.unpark(known);
      this.settle(known, known.acked + 1, from);
      known.followed = true;
      known.offered = known.told = from;
      return;
    }
    if (known) this.forget(known);
    const lane = new Lane(stream, epoch, from);
    if (memory) lane.restore(memory);
    this.lanes.set(stream, lane);
    if (!lane.isIdle) this.busy.add(lane);
  }

  /** The device left the stream. What the client has of it, it may still acknowledge. */
  leave(stream: StreamName): void {
    const lane = this.lanes.get(stream);
    if (!lane) return;
    this.unpark(lane);
    lane.followed = false;
    if (lane.inFlight === 0) this.forget(lane);
  }

  follows(stream: StreamName): boolean {
    return this.lanes.get(stream)?.followed ?? false;
  }

  // ---- from the core

  offer(run: Run, out: Buffer[]): void {
    const lane = this.lanes.get(run.stream);
    if (!lane) return;
    lane.offered = Math.max(lane.offered, run.last);
    const at = lane.parked.length === 0 && this.isOpen(run.stream) ? this.write(lane, run, 0, out) : 0;
    if (at < run.idsAt.length) this.park(lane, { run, at });
  }

  /** Nothing of this range will be sent. */
  hole(stream: StreamName, from: number, to: number): void {
    const lane = this.lanes.get(stream);
    if (!lane) return;
    lane.offered = Math.max(lane.offered, to);
    this.settle(lane, Math.max(from, lane.sent + 1), to);
  }

  // ---- from the client

  /** False for a packet id that is not in flight. */
  acknowledged(id: number): boolean {
    for (const lane of this.busy) {
      const seq = lane.entryOf(id);
      if (seq === undefined) continue;
      this.settle(lane, seq, seq);
      return true;
    }
    return false;
  }

  /** What found no room before, or no subscription. */
  release(out: Buffer[]): void {
    for (const lane of [...this.waiting]) {
      if (!this.isOpen(lane.stream)) continue;
      // Behind the others: streams take turns.
      this.waiting.delete(lane);
      while (lane.parked.length > 0) {
        const parcel = lane.parked[0] as Parcel;
        const before = parcel.at;
        parcel.at = this.write(lane, parcel.run, before, out);
        this.parkedBytes -= startOf(parcel.run, parcel.at) - startOf(parcel.run, before);
        if (parcel.at < parcel.run.idsAt.length) break;
        lane.parked.shift();
      }
      if (lane.parked.length > 0) this.waiting.add(lane);
      if (this.inFlight >= this.limits.inFlight) return;
    }
  }

  get owesAcks(): boolean {
    return this.moved.size > 0;
  }

  /** `ack` frames for the core, a line each; empty when nothing moved. */
  takeAcks(): string {
    if (this.moved.size === 0) return '';
    const lines: string[] = [];
    for (const lane of this.moved) {
      const ack = lane.takeAck();
      if (ack !== undefined) lines.push(ack);
    }
    this.moved.clear();
    return lines.join('\n');
  }

  /** What the next connection of the session has to know. */
  memory(): LaneMemory[] {
    return [...this.busy].filter((lane) => lane.followed).map((lane) => lane.memory());
  }

  // ---- inside

  /** Writes from the entry at index `from` on, as far as there is room; the index of the first that found none. */
  private write(lane: Lane, run: Run, from: number, out: Buffer[]): number {
    const count = run.idsAt.length;
    let at = from;
    while (at < count) {
      const seq = run.first + at;
      if (lane.isDone(seq) || seq <= lane.sent) {
        // On the way or done: it is not said twice on one connection, but the core may have to hear of it again.
        this.moved.add(lane);
        at++;
        continue;
      }
      if (packetBytes(run, at) > this.limits.packetBytes) {
        this.settle(lane, seq, seq);
        this.onTooLarge(lane.stream, seq, out);
        at++;
        continue;
      }
      const end = this.segmentEnd(lane, run, at);
      if (end === at) return at;
      out.push(patched(lane, run, at, end));
      lane.inFlight += end - at;
      this.inFlight += end - at;
      lane.sent = run.first + end - 1;
      this.busy.add(lane);
      at = end;
    }
    return at;
  }

  /** From `at` on, the entries that leave as one piece: all new or all with DUP, as many as there is room for. */
  private segmentEnd(lane: Lane, run: Run, at: number): number {
    let end = Math.min(run.idsAt.length, at + Math.max(0, this.limits.inFlight - this.inFlight));
    const seq = run.first + at;
    if (seq <= lane.redo) end = Math.min(end, lane.redo - run.first + 1);
    if (!lane.settled.isEmpty || run.largest > this.limits.packetBytes) {
      let next = at;
      while (next < end && !lane.isDone(run.first + next) && packetBytes(run, next) <= this.limits.packetBytes) next++;
      end = next;
    }
    return end > at && lane.takeIds(run.first + end - 1, this.busy) ? end : at;
  }

  private settle(lane: Lane, from: number, to: number): void {
    if (to < from || to <= lane.acked) return;
    this.inFlight -= lane.settle(from, to);
    this.moved.add(lane);
    if (!lane.isIdle) return;
    this.busy.delete(lane);
    if (!lane.followed) this.forget(lane);
  }

  private park(lane: Lane, parcel: Parcel): void {
    lane.parked.push(parcel);
    this.waiting.add(lane);
    this.parkedBytes += parcel.run.bytes.length - startOf(parcel.run, parcel.at);
  }

  private unpark(lane: Lane): void {
    for (const { run, at } of lane.parked) this.parkedBytes -= run.bytes.length - startOf(run, at);
    lane.parked = [];
    this.waiting.delete(lane);
  }

  private forget(lane: Lane): void {
    this.unpark(lane);
    this.inFlight -= lane.inFlight;
    lane.inFlight = 0;
    this.busy.delete(lane);
    this.moved.delete(lane);
    if (this.lanes.get(lane.stream) === lane) this.lanes.delete(lane.stream);
  }
}

const startOf = (run: Run, at: number): number => run.starts[at] as number;

const packetBytes = (run: Run, at: number): number => startOf(run, at + 1) - startOf(run, at);

/** The packets of the entries from index `from` to before `to`: the shared bytes, or a copy where ids or DUP differ. */
function patched(lane: Lane, run: Run, from: number, to: number): Buffer {
  const whole = from === 0 && to === run.idsAt.length;
  const start = startOf(run, from);
  const shared = whole ? run.bytes : run.bytes.subarray(start, startOf(run, to));
  const again = run.first + from <= lane.redo;
  if (lane.shift === 0 && !again) return shared;
  const own = Buffer.from(shared);
  for (let at = from; at < to; at++) {
    own.writeUInt16BE(lane.idOf(run.first + at), (run.idsAt[at] as number) - start);
    if (again) own[startOf(run, at) - start] = (run.bytes[startOf(run, at)] as number) | DUP;
  }
  return own;
}
