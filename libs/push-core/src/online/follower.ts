import type { ResolvedOptions } from '../options.js';
import { isFor } from '../model/message.js';
import { SharedFrame } from '../transports/shared-frame.js';
import type { Connection } from './connection.js';
import type { HotEntry } from './hot-entry.js';
import type { LiveStream } from './live-stream.js';
import type { SharedPage } from './reader.js';

/** A range announced as `gap` or `skip`: it takes no place in the window. */
interface Hole {
  readonly from: number;
  readonly to: number;
}

const MOST_AT_ONCE = 1024;
const FIRST_PAGE = 32;
const SMALLEST_PAGE = 4;
const LARGEST_PAGE = 256;

/**
 * One device reading one stream over one connection: the pump.
 *
 * It sends what lies after `sent`, as long as the window and the socket have room: from memory near the head, from the
 * store otherwise. `acked` follows the client's acknowledgements; what stays unacknowledged too long is sent again by
 * moving `sent` back to `acked`. Nothing else is remembered of a connection's past.
 *
 *   new      nothing is sent before the device was told where it begins   → open()
 *   waiting  for room, for new entries, or for the socket        → pump() when any of them changes
 *   reading  one page from the store, nothing is sent meanwhile  → pump() when it has arrived
 */
export class Follower {
  /** Highest `seq` acknowledged with all before it. */
  acked: number;
  /** Highest `seq` sent and not yet to be sent again. */
  private sent: number;
  /** Highest `seq` ever sent on this connection: what may be acknowledged. */
  private furthest: number;
  /** Pushes sent after `acked`; gaps and skips do not count. */
  private outstanding = 0;
  private holes?: Hole[];
  /** When the oldest outstanding push began to wait for its acknowledgement, on the elapsed clock. */
  private waitingSince = 0;
  private attempts = 0;
  private reading = false;
  /** Asked of the store at once: about what a frame takes, as far as the last page told. */
  private pageEntries = FIRST_PAGE;
  private state: 'new' | 'open' | 'left' = 'new';
  /** Own place in `live.followers`. */
  slot: number;

  constructor(
    readonly connection: Connection,
    readonly live: LiveStream,
    from: number,
    /** What lies before the user's subscription is not for this device. */
    private readonly since: number,
    /** False: the device does not know of this stream yet and hears of it with its first entry. */
    private announced: boolean,
    private readonly options: ResolvedOptions,
  ) {
    this.acked = from;
    this.sent = from;
    this.furthest = from;
    this.slot = live.followers.push(this) - 1;
  }

  open(): void {
    if (this.state !== 'new') return;
    this.state = 'open';
    this.pump();
  }

  /** Idempotent: a link can end while the device is leaving the stream. */
  leave(): void {
    if (this.state === 'left') return;
    this.state = 'left';
    this.live.leave(this);
  }

  pump(): void {
    const { limits, clock } = this.options;
    const { connection } = this;
    while (this.state === 'open' && !this.reading && !connection.congested && !connection.hub.isDraining) {
      // Here, not once: what is sent again begins before it again.
      if (this.sent < this.since) this.announceSkip(this.sent + 1, this.since, 'excluded');
      const wanted = this.live.head - this.sent;
      const room = this.connection.window - this.outstanding;
      if (wanted <= 0 || room <= 0) return;
      // Half a window at a time: acknowledgements trickle in one by one, frames should not.
      if (wanted > room && this.outstanding > room) return;

      const next = this.sent + 1;
      const count = Math.min(wanted, room, MOST_AT_ONCE);
      const hot = this.live.hot;
      if (!hot?.has(next)) {
        void this.readOn(Math.min(count, this.pageEntries));
        return;
      }
      const shared = hot.frame(next, count, limits.frameBytes, clock.now(), this.live.followers.length > 1);
      if (shared) this.sendFrame(shared.frame, shared.to, shared.to - this.sent);
      else this.sendEach(hot.run(next, count, limits.frameBytes));
    }
  }

  /** False when the client acknowledges what it was never sent: what is beyond `most`. */
  acknowledge(seq: number, most = this.furthest): boolean {
    if (seq > most) return false;
    if (seq > this.furthest) this.furthest = seq;
    if (seq <= this.acked) return true;
    const from = this.acked + 1;
    if (seq >= this.sent) {
      this.sent = seq;
      this.outstanding = 0;
      this.holes = undefined;
    } else {
      this.outstanding -= this.pushesWithin(from, seq);
    }
    this.acked = seq;
    this.attempts = 0;
    this.waitingSince = this.options.clock.elapsed();
    this.connection.acknowledged(this, from);
    this.live.acknowledged();
    this.pump();
    return true;
  }

  /** Sent and not acknowledged, over a link that will tell. */
  get isAwaited(): boolean {
    return this.state === 'open' && this.outstanding > 0 && this.connection.link.resends === 'in place';
  }

  /** Called about once a second. Sends again what waits too long; `stuck` when that did not help either. */
  tick(elapsed: number): 'fine' | 'stuck' {
    if (
      this.state === 'open' &&
      this.outstanding > 0 &&
      elapsed - this.waitingSince >= this.options.limits.retransmitAfterMs &&
      !this.reading
    ) {
      const { retransmitAfterMs, retransmitAttempts } = this.options.limits;
      if (this.attempts >= retransmitAttempts) return 'stuck';
      if (this.connection.link.resends === 'on return') {
        if (elapsed - this.waitingSince >= retransmitAfterMs * (retransmitAttempts + 1)) return 'stuck';
      }
      // A socket that still holds bytes has not even sent the first copy.
      else if (!this.connection.clogged) this.sendAgain(elapsed);
    }
    this.pump();
    return 'fine';
  }

  private sendAgain(elapsed: number): void {
    this.attempts++;
    this.connection.retransmitted(this, this.acked + 1, this.sent);
    this.sent = this.acked;
    this.outstanding = 0;
    this.holes = undefined;
    this.waitingSince = elapsed;
  }

  private async readOn(limit: number): Promise<void> {
    this.reading = true;
    let page: SharedPage | undefined;
    try {
      page = await this.connection.hub.reader.read(this.live, this.sent, limit);
    } catch (error) {
      // The next tick tries again.
      this.connection.hub.events.emit('trouble', { during: `read of ${this.live.name}`, error });
    }
    this.reading = false;
    if (this.state !== 'open' || !page) return;
    if (page.epoch !== this.live.epoch) {
      this.connection.hub.epochChanged(this.live);
      return;
    }
    this.take(page);
    this.pump();
    this.connection.hub.flush();
  }

  private take(page: SharedPage): void {
    if (page.first > this.sent + 1) {
      const to = page.first - 1;
      this.announce(
        `{"op":"gap","s":${JSON.stringify(this.live.name)},"from":${this.sent + 1},"to":${to},"reason":"retention"}`,
        this.sent + 1,
        to,
      );
    }
    this.fitPages(page);
    const run: HotEntry[] = [];
    let bytes = 0;
    for (const entry of page.entries) {
      if (entry.seq <= this.sent || run.length >= this.connection.window - this.outstanding) continue;
      run.push(entry);
      bytes += entry.tail.length;
      if (bytes >= this.options.limits.frameBytes) break;
    }
    if (run.length > 0) this.sendEach(run);
    this.live.observe(page.head);
  }

  /** What does not fit into a frame was read for nothing, by everybody who comes back at the same time. */
  private fitPages({ entries }: SharedPage): void {
    if (entries.length === 0) return;
    const characters = entries.reduce((sum, { tail }) => sum + tail.length, 0);
    const fitting = Math.ceil((this.options.limits.frameBytes * entries.length) / characters);
    this.pageEntries = Math.min(LARGEST_PAGE, Math.max(SMALLEST_PAGE, fitting));
  }

  /** Entries one by one, because they may not all be for this device. */
  private sendEach(run: readonly HotEntry[]): void {
    const { user, device } = this.connection;
    const now = this.options.clock.now();
    const lines: string[] = [];
    let pushes = 0;
    let skip: { from: number; to: number; reason: string } | undefined;
    const flushSkip = () => {
      if (!skip) return;
      lines.push(this.skipLine(skip.from, skip.to, skip.reason));
      (this.holes ??= []).push({ from: skip.from, to: skip.to });
      skip = undefined;
    };
    for (const entry of run) {
      const excluded = entry.filter && !isFor(entry.filter, user, device);
      const reason = excluded
        ? 'excluded'
        : this.withdrawn(entry)
          ? 'recalled'
          : entry.expiresAt <= now
            ? 'expired'
            : undefined;
      if (reason === undefined) {
        flushSkip();
        lines.push(this.live.prefix + entry.seq + entry.tail);
        pushes++;
      } else if (skip?.reason === reason) skip.to = entry.seq;
      else {
        flushSkip();
        skip = { from: entry.seq, to: entry.seq, reason };
      }
    }
    flushSkip();
    this.sendFrame(new SharedFrame(lines.join('\n')), (run.at(-1) as HotEntry).seq, pushes);
  }

  /** What lies at or before it may have been shown on this device. */
  wasSent(seq: number): boolean {
    return seq <= this.furthest;
  }

  private withdrawn(entry: HotEntry): boolean {
    return entry.recalled === true || this.live.wasRecalled(entry.seq);
  }

  private announceStream(): void {
    this.announced = true;
    const { name, epoch, head } = this.live;
    this.connection.send({ op: 'followed', s: name, epoch, head, from: this.sent, recovery: 'complete' });
  }

  private announceSkip(from: number, to: number, reason: string): void {
    this.announce(this.skipLine(from, to, reason), from, to);
  }

  private skipLine(from: number, to: number, reason: string): string {
    return `{"op":"skip","s":${JSON.stringify(this.live.name)},"from":${from},"to":${to},"reason":"${reason}"}`;
  }

  private announce(line: string, from: number, to: number): void {
    (this.holes ??= []).push({ from, to });
    this.sendFrame(new SharedFrame(line), to, 0);
  }

  private sendFrame(frame: SharedFrame, to: number, pushes: number): void {
    if (!this.announced) this.announceStream();
    if (this.outstanding === 0) this.waitingSince = this.options.clock.elapsed();
    const { traces } = this.connection.hub;
    if (traces && pushes > 0) traces.sent(this, this.sent + 1, to);
    this.sent = to;
    if (to > this.furthest) this.furthest = to;
    this.outstanding += pushes;
    this.connection.sentEntries(pushes);
    this.connection.queue(frame);
  }

  /** Pushes in a range that was sent; forgets holes that lie inside it. */
  private pushesWithin(from: number, to: number): number {
    let pushes = to - from + 1;
    if (!this.holes) return pushes;
    for (const hole of this.holes) {
      const overlap = Math.min(hole.to, to) - Math.max(hole.from, from) + 1;
      if (overlap > 0) pushes -= overlap;
    }
    this.holes = this.holes.filter((hole) => hole.to > to);
    return pushes;
  }
}
