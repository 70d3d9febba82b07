import type { Position, ResumePoint, StreamInfo, StreamName } from 'push-core/wire';
import type { Acknowledger } from './acknowledger.js';
import type { CursorKeeper } from './cursors/cursor-keeper.js';
import { PushClientError } from './errors.js';
import type { ResetEvent } from './events.js';
import type { HoleWatch } from './hole-watch.js';
import { UNKNOWN_EPOCH } from './position.js';
import { resumePoints } from './resume.js';
import { type InboxPorts, type StreamFrame, StreamInbox } from './stream-inbox.js';
import { StreamTracker } from './stream-tracker.js';

export interface StreamSetPorts extends Pick<InboxPorts, 'isOpen' | 'deliver' | 'failed'> {
  acks: Acknowledger;
  holes: HoleWatch;
  cursors: CursorKeeper;
  /** Frames an inbox may hold. */
  capacity: number;
  reset(event: ResetEvent): void;
  report(error: PushClientError): void;
}

/** All streams of the device: the ones being received, and the saved positions of those not heard of yet. */
export class StreamSet {
  private readonly inboxes = new Map<StreamName, StreamInbox>();
  private saved = new Map<StreamName, Position>();

  constructor(private readonly ports: StreamSetPorts) {}

  /** Reads the cursor storage. */
  async load(): Promise<void> {
    this.saved = await this.ports.cursors.load();
  }

  position(stream: StreamName): Position | undefined {
    return this.inboxes.get(stream)?.tracker.position ?? this.saved.get(stream);
  }

  /** What a server can be asked to continue from. */
  resumable(stream: StreamName): Position | undefined {
    const position = this.position(stream);
    return position?.epoch === UNKNOWN_EPOCH ? undefined : position;
  }

  names(): StreamName[] {
    return [...new Set([...this.inboxes.keys(), ...this.saved.keys()])];
  }

  positions(): Record<StreamName, Position> {
    return Object.fromEntries(this.names().map((stream) => [stream, this.position(stream) as Position]));
  }

  /** `@me` first, it must not be the one that does not fit. */
  resume(startAtOldest: StreamName[]): Record<StreamName, ResumePoint> | undefined {
    const positions: [StreamName, Position][] = [];
    for (const stream of ['@me', ...this.names()]) {
      const position = this.resumable(stream);
      if (position !== undefined) positions.push([stream, position]);
    }
    return resumePoints(positions, startAtOldest);
  }

  /** The server told where it continues a stream. Twice in a row does no harm. `earlierToo`: see `StreamTracker.attach`. */
  adopt(stream: StreamName, info: StreamInfo, earlierToo = false): void {
    const known = this.position(stream);
    const inbox = this.inboxes.get(stream);
    const epochs = new Set([known?.epoch ?? info.epoch, info.epoch, UNKNOWN_EPOCH]);
    // A restored server names the epoch it carries on: what is known of that one stands.
    const isCarriedOn = info.continues !== undefined && info.continues === known?.epoch;
    const isReset = info.recovery === 'reset' || (epochs.size > 2 && !isCarriedOn);
    if (isReset || known === undefined) {
      if (inbox !== undefined) this.dismiss(inbox);
      this.open(stream, info.epoch, startOf(info)).attach(info.from);
      if (isReset) this.ports.reset({ stream, info, previous: known });
      return;
    }
    const tracker = inbox?.tracker ?? this.open(stream, known.epoch, known.seq, false);
    if (info.epoch !== UNKNOWN_EPOCH) tracker.learn(info.epoch);
    tracker.attach(info.from, earlierToo);
    inbox?.restart();
    if (startOf(info) > tracker.receivedSeq) this.catchUp(tracker, startOf(info));
    this.ports.acks.mark(tracker);
  }

  /** A frame of a stream not followed (any more) is nothing to us. */
  offer(frame: StreamFrame): void {
    const inbox = this.inboxes.get(frame.s);
    if (inbox === undefined) return;
    const verdict = inbox.offer(frame);
    if (verdict === 'duplicate') this.ports.acks.mark(inbox.tracker);
    this.ports.holes.check(inbox.tracker);
  }

  recall(stream: StreamName, id: string): void {
    this.inboxes.get(stream)?.recall(id);
  }

  /** Leaves a stream; true where it was known. */
  leave(stream: StreamName): boolean {
    const inbox = this.inboxes.get(stream);
    const wasKnown = this.position(stream) !== undefined;
    if (inbox !== undefined) this.dismiss(inbox);
    this.inboxes.delete(stream);
    this.saved.delete(stream);
    if (wasKnown) void this.ports.cursors.forget(stream);
    return wasKnown;
  }

  /** A stream has more waiting than its handlers will soon have done. */
  get isCrowded(): boolean {
    return [...this.inboxes.values()].some((inbox) => inbox.isCrowded);
  }

  /** The connection is gone. */
  detach(): void {
    this.ports.holes.clear();
    for (const { tracker } of this.inboxes.values()) tracker.detach();
  }

  pump(): void {
    for (const inbox of this.inboxes.values()) inbox.pump();
  }

  private open(stream: StreamName, epoch: string, base: number, isNews = true): StreamTracker {
    const tracker = new StreamTracker(stream, epoch, base);
    const { isOpen, deliver, failed, acks, capacity } = this.ports;
    const advanced = () => acks.mark(tracker);
    const settled = () => acks.settle();
    this.inboxes.set(stream, new StreamInbox(tracker, capacity, { isOpen, deliver, failed, advanced, settled }));
    this.saved.delete(stream);
    if (isNews) acks.mark(tracker);
    return tracker;
  }

  private dismiss(inbox: StreamInbox): void {
    inbox.stop();
    // A save under way must not end in an acknowledgement that would count for the new epoch.
    inbox.tracker.detach();
    this.ports.acks.discard(inbox.tracker);
    this.ports.holes.forget(inbox.tracker.stream);
  }

  /** What lies between will never come on its own; waiting for it would only break the stream for ever. */
  private catchUp(tracker: StreamTracker, seq: number): void {
    const missed = `${tracker.receivedSeq + 1}–${seq}`;
    tracker.jump(seq);
    const message = `${tracker.stream}: the server continues after ${seq}; ${missed} were not seen here`;
    this.ports.report(new PushClientError('CLIENT_RESUME_AHEAD', message));
  }
}

/** With a gap, `from` may lie behind it: the `gap` frame that follows accounts for the lost range. */
function startOf({ recovery, from, lost }: StreamInfo): number {
  return recovery === 'gap' && lost !== undefined ? Math.min(from, lost.from - 1) : from;
}
