import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { Position } from '../model/stream.js';
import type { CursorMove, CursorStore } from '../store/cursor-store.js';
import type { Follower } from './follower.js';

/**
 * Acknowledgements on their way to the store. A follower is noted, not each acknowledgement: however many arrive between
 * two writes, they cost one row. What a crash takes from here is sent again, and the device drops what it has seen.
 */
export class CursorBook {
  private moved = new Set<Follower>();
  private timer?: Timer;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: CursorStore,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly everyMs: number,
  ) {}

  note(follower: Follower): void {
    this.moved.add(follower);
    this.timer ??= this.clock.after(this.everyMs, () => {
      this.timer = undefined;
      this.flush().catch(() => this.retryLater());
    });
  }

  /** Resolves when everything noted before the call is durable. Rejects when the store fails; the notes are kept. */
  flush(): Promise<void> {
    this.writing = this.writing.catch(() => undefined).then(() => this.write());
    return this.writing;
  }

  /** Where devices begin: written at once, so that a device that was seen once is never "never seen" again. */
  async begin(moves: readonly CursorMove[]): Promise<void> {
    if (moves.length > 0) await this.store.advance(moves);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async write(): Promise<void> {
    if (this.moved.size === 0) return;
    const moved = this.moved;
    this.moved = new Set();
    const moves: CursorMove[] = [];
    for (const { connection, live, acked } of moved) {
      const { tenant, user, device } = connection;
      const position: Position = { epoch: live.epoch, seq: acked };
      moves.push({ tenant, user, device, stream: live.stream, position });
    }
    try {
      await this.store.advance(moves);
    } catch (error) {
      for (const follower of moved) this.moved.add(follower);
      this.events.emit('trouble', { during: 'write of cursors', error });
      throw error;
    }
  }

  private retryLater(): void {
    this.timer ??= this.clock.after(this.everyMs * 10, () => {
      this.timer = undefined;
      this.flush().catch(() => this.retryLater());
    });
  }
}
