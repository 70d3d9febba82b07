import { deviceKey, type DeviceRef, type UserRef } from '../../model/device.js';
import { streamKey, userOf, type Position, type StreamId } from '../../model/stream.js';
import type { CursorMove, CursorStore } from '../cursor-store.js';
import type { Place } from '../message-store.js';
import { entryOf, type MemoryData, type Reader } from './memory-data.js';

export class MemoryCursors implements CursorStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async load(devices: readonly DeviceRef[]): Promise<readonly ReadonlyMap<StreamId, Position>[]> {
    this.check();
    return devices.map((device) => new Map(this.data.cursors.get(deviceKey(device))));
  }

  async advance(moves: readonly CursorMove[]): Promise<void> {
    this.check();
    for (const move of moves) {
      const device = deviceKey(move);
      const cursors = entryOf(this.data.cursors, device, () => new Map<StreamId, Position>());
      entryOf(this.data.cursorDevices, streamKey(move.tenant, move.user), () => new Set<string>()).add(move.device);
      const current = cursors.get(move.stream);
      const { epoch, seq } = move.position;
      if (current && current.epoch === epoch && (current.seq >= seq || move.begins)) continue;
      cursors.set(move.stream, { epoch, seq });
      if (current?.epoch === epoch) continue;
      const readers = entryOf(this.data.readers, streamKey(move.tenant, move.stream), () => new Map<string, Reader>());
      readers.set(device, { user: move.user, began: move.begins ? seq : 0 });
    }
  }

  async reachedBy(asked: readonly (Place & UserRef)[]): Promise<readonly (readonly string[])[]> {
    this.check();
    return asked.map((place) => {
      const { tenant, user, stream } = place;
      if (userOf(stream) !== undefined && userOf(stream) !== user) return [];
      const readers = this.data.readers.get(streamKey(tenant, stream));
      const devices = [...(this.data.cursorDevices.get(streamKey(tenant, user)) ?? [])];
      return devices.filter((device) => {
        const key = deviceKey({ tenant, user, device });
        return hasReached(readers?.get(key), this.data.cursors.get(key)?.get(stream), place);
      });
    });
  }

  async reached(tenant: string, places: readonly Place[]): Promise<readonly number[]> {
    this.check();
    return places.map((place) => {
      const users = new Set<string>();
      for (const [device, reader] of this.data.readers.get(streamKey(tenant, place.stream)) ?? []) {
        if (hasReached(reader, this.data.cursors.get(device)?.get(place.stream), place)) users.add(reader.user);
      }
      return users.size;
    });
  }
}

function hasReached(reader: Reader | undefined, cursor: Position | undefined, { epoch, seq }: Place): boolean {
  return reader !== undefined && cursor?.epoch === epoch && cursor.seq >= seq && reader.began < seq;
}

/** A device that is removed takes its cursors along. */
export function dropCursors(data: MemoryData, device: DeviceRef): void {
  const key = deviceKey(device);
  for (const stream of data.cursors.get(key)?.keys() ?? [])
    data.readers.get(streamKey(device.tenant, stream))?.delete(key);
  data.cursors.delete(key);
  data.cursorDevices.get(streamKey(device.tenant, device.user))?.delete(device.device);
}
