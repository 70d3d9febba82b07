import type { StreamInfo, StreamName } from '../../wire.js';
import { CURSOR_LIMITS, CURSOR_VERSION, epochField, positionField } from './cursor.js';

/** Room that is left for the position appended last: a topic of 128 characters, four bytes each, and its epoch. */
const LAST_FIELD = 1100;

/**
 * The streams that moved on one link, for the cursors of its events. Streams that have not moved need no mention: where
 * they are is stored. What no longer fits is left out, the longest quiet first: it is sent again on the next link,
 * unless it was acknowledged in between.
 */
export class CursorTrail {
  /** Of most streams: a store has one epoch. */
  private epoch?: string;
  private otherEpochs?: Map<StreamName, string>;
  /** Longest quiet first. */
  private moved?: Map<StreamName, number>;
  /** The stream that moved last, and the cursor up to its position. */
  private newest?: StreamName;
  private newestPrefix = '';

  /** The device begins to follow these streams. */
  follow(streams: Readonly<Record<StreamName, Pick<StreamInfo, 'epoch'>>>): void {
    for (const [name, { epoch }] of Object.entries(streams)) {
      if (this.epochOf(name) !== epoch) this.moved?.delete(name);
      this.epoch ??= epoch;
      if (epoch === this.epoch) this.otherEpochs?.delete(name);
      else (this.otherEpochs ??= new Map()).set(name, epoch);
    }
    this.newest = undefined;
  }

  /** A stream that is no longer followed must not be asked for again. */
  leave(name: StreamName): void {
    this.moved?.delete(name);
    this.otherEpochs?.delete(name);
    this.newest = undefined;
  }

  /** The cursor of an event of this stream, but for the stream's own position; undefined while no stream is known. */
  prefix(name: StreamName): string | undefined {
    if (this.newest === name) return this.newestPrefix;
    const own = this.epochOf(name);
    if (own === undefined) return undefined;
    const seq = this.moved?.get(name);
    this.moved?.delete(name);
    this.newestPrefix = this.rest(own);
    this.newest = name;
    if (seq !== undefined) this.moved?.set(name, seq);
    return this.newestPrefix;
  }

  move(name: StreamName, seq: number): void {
    (this.moved ??= new Map()).set(name, seq);
  }

  /** The streams in `moved`, those of the epoch `last` at the end. */
  private rest(last: string): string {
    const moved = this.moved ?? new Map<StreamName, number>();
    const byEpoch = new Map<string, string>();
    let length = CURSOR_VERSION.length;
    let streams = 0;
    for (const [name, seq] of [...moved].reverse()) {
      const epoch = this.epochOf(name) as string;
      const head = byEpoch.get(epoch) ?? epochField(epoch);
      const field = positionField(name, seq);
      length += field.length + (byEpoch.has(epoch) ? 0 : head.length);
      // One place is kept for the stream whose event it is.
      if (length > CURSOR_LIMITS.characters - LAST_FIELD || ++streams >= CURSOR_LIMITS.streams) moved.delete(name);
      else byEpoch.set(epoch, head + field);
    }
    const own = byEpoch.get(last) ?? epochField(last);
    byEpoch.delete(last);
    return CURSOR_VERSION + [...byEpoch.values()].join('') + own;
  }

  private epochOf(name: StreamName): string | undefined {
    return this.otherEpochs?.get(name) ?? this.epoch;
  }
}
