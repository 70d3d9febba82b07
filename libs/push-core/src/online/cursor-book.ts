import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import { deviceKey, type DeviceRef } from '../model/device.js';
import type { Position } from '../model/stream.js';
import type { CursorMove, CursorStore } from '../store/cursor-store.js';
import type { Follower } from './follower.js';

/**
 * Acknowledgements on their way to the store. A follower is noted, not each acknowledgement: however many arrive between
 * two writes, they cost one row. What a crash takes from here is sent again, and the device drops what it has seen.
 */
export class CursorBook {
  private moved = new Set<Follower>();
  /** Devices with a follower in `moved` that has left its stream. */
  private owed = new Set<string>();
  /** The write under way. */
  private taken?: { readonly moved: ReadonlySet<Follower>; readonly owed: Set<string> };
  private timer?: Timer;
  private stopped = false;
  private writing: Promise<void> = Promise.resolve();
  /** A write that has not begun: it takes along what is noted until then. */
  private next?: Promise<void>;

  constructor(
    private readonly store: CursorStore,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly everyMs: number,
    /** Told of what was written. */
    private readonly written: (moves: readonly CursorMove[]) => void = () => undefined,
  ) {}

  note(follower: Follower): void {
    this.moved.add(follower);
    this.plan(this.everyMs);
  }

  /** The follower left its stream: what is noted of it, the device's next one has to find in the store. */
  left(follower: Follower): void {
    if (this.moved.has(follower)) this.owed.add(deviceKey(follower.connection));
    if (this.taken?.moved.has(follower)) this.taken.owed.add(deviceKey(follower.connection));
  }

  /** The store does not know yet where a device has left a stream: `flush` first. */
  owes(device: DeviceRef): boolean {
    const key = deviceKey(device);
    return this.owed.has(key) || (this.taken?.owed.has(key) ?? false);
  }

  /** Resolves when everything noted before the call is durable. Rejects when the store fails; the notes are kept. */
  flush(): Promise<void> {
    this.next ??= this.writing = this.writing
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.write();
      });
    return this.next;
  }

  /** Where devices begin: written at once, so that a device that was seen once is never "never seen" again. */
  async begin(moves: readonly CursorMove[]): Promise<void> {
    if (moves.length > 0) await this.store.advance(moves);
  }

  /** A write under way may still fail: nothing is planned any more then. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async write(): Promise<void> {
    if (this.moved.size === 0) return;
    const { moved, owed } = this;
    this.taken = { moved, owed };
    this.moved = new Set();
    this.owed = new Set();
    const moves: CursorMove[] = [];
    for (const { connection, live, acked } of moved) {
      const { tenant, user, device } = connection;
      const position: Position = { epoch: live.epoch, seq: acked };
      moves.push({ tenant, user, device, stream: live.stream, position });
    }
    try {
      await this.store.advance(moves);
      this.written(moves);
    } catch (error) {
      for (const follower of moved) this.moved.add(follower);
      for (const device of owed) this.owed.add(device);
      this.events.emit('trouble', { during: 'write of cursors', error });
      throw error;
    } finally {
      this.taken = undefined;
    }
  }

  private plan(afterMs: number): void {
    if (this.stopped) return;
    this.timer ??= this.clock.after(afterMs, () => {
      this.timer = undefined;
      this.flush().catch(() => this.plan(this.everyMs * 10));
    });
  }
}
