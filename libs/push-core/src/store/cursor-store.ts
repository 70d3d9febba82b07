import type { DeviceRef, UserRef } from '../model/device.js';
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
  /** The cursors of each device, in their order. A device that was never seen has none. */
  load(devices: readonly DeviceRef[]): Promise<readonly ReadonlyMap<StreamId, Position>[]>;
  /** Atomic over the batch. A move that would go back changes nothing and is no error. */
  advance(moves: readonly CursorMove[]): Promise<void>;
  /**
   * Which of these users' devices began before the place and have a cursor that has reached it (same epoch): their device ids, for
   * each request in its order. `user` of another user's own stream: nobody.
   */
  reachedBy(asked: readonly (Place & UserRef)[]): Promise<readonly (readonly string[])[]>;
  /** For each place, how many users have a device that began before it and whose cursor has reached it (same epoch). In their order. */
  reached(tenant: string, places: readonly Place[]): Promise<readonly number[]>;
}
