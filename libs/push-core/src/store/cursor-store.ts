import type { DeviceRef } from '../model/device.js';
import type { Position, StreamId } from '../model/stream.js';
import type { Place } from './message-store.js';

export interface CursorMove extends DeviceRef {
  readonly stream: StreamId;
  readonly position: Position;
  /**
   * The device begins here: what lies at or before it was not acknowledged by this device, only passed over. Where it has
   * begun already in this epoch, that stands.
   */
  readonly begins?: boolean;
}

/**
 * Per device and stream, the highest `seq` acknowledged with all before it.
 * A cursor only moves forward inside an epoch; a move with another epoch replaces it.
 */
export interface CursorStore {
  /** A device that was never seen has none. */
  load(device: DeviceRef): Promise<ReadonlyMap<StreamId, Position>>;
  /** Atomic over the batch. A move that would go back changes nothing and is no error. */
  advance(moves: readonly CursorMove[]): Promise<void>;
  /** For each place, how many users have a device that began before it and whose cursor has reached it (same epoch). In their order. */
  reached(tenant: string, places: readonly Place[]): Promise<readonly number[]>;
}
