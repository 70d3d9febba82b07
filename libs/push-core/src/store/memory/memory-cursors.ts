import { deviceKey, type DeviceRef } from '../../model/device.js';
import { streamKey, type Position, type StreamId } from '../../model/stream.js';
import type { CursorMove, CursorStore } from '../cursor-store.js';
import type { Place } from '../message-store.js';
import { entryOf, type MemoryData, type Reader } from './memory-data.js';

export class MemoryCursors implements CursorStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async load(device: DeviceRef): Promise<ReadonlyMap<StreamId, Position>> {
    this.check();
    return new Map(this.data.cursors.get(deviceKey(device)));
  }

  async advance(moves: readonly CursorMove[]): Promise<void> {
    this.check();
    for (const move of moves) {
      const device = deviceKey(move);
      const cursors = entryOf(this.data.cursors, device, () => new Map<StreamId, Position>());
      const current = cursors.get(move.stream);
      const { epoch, seq } = move.position;
      if (current && current.epoch === epoch && (current.seq >= seq || move.begins)) continue;
      cursors.set(move.stream, { epoch, seq });
      if (current?.epoch === epoch) continue;
      const readers = entryOf(this.data.readers, streamKey(move.tenant, move.stream), () => new Map<string, Reader>());
      readers.set(device, { user: move.user, began: move.begins ? seq : 0 });
    }
  }

  async reached(tenant: string, places: readonly Place[]): Promise<readonly number[]> {
    this.check();
    return places.map((place) => {
      const users = new Set<string>();
      for (const [device, { user, began }] of this.data.readers.get(streamKey(tenant, place.stream)) ?? []) {
        const cursor = this.data.cursors.get(device)?.get(place.stream);
        if (cursor?.epoch === place.epoch && cursor.seq >= place.seq && began < place.seq) users.add(user);
      }
      return users.size;
    });
  }
}

/** A device that is removed takes its cursors along. */
export function dropCursors(data: MemoryData, device: DeviceRef): void {
  const key = deviceKey(device);
  for (const stream of data.cursors.get(key)?.keys() ?? [])
    data.readers.get(streamKey(device.tenant, stream))?.delete(key);
  data.cursors.delete(key);
}
