import type { Position, StreamName } from 'push-core/wire';
import type { CursorStorage } from './cursor-storage.js';

/** Forgotten with the process; the server's own cursor of the device then tells where to continue. The default. */
export class MemoryCursors implements CursorStorage {
  private readonly positions = new Map<StreamName, Position>();

  load(): Promise<Record<StreamName, unknown>> {
    return Promise.resolve(Object.fromEntries(this.positions));
  }

  save(stream: StreamName, position: Position): Promise<void> {
    this.positions.set(stream, position);
    return Promise.resolve();
  }

  forget(stream: StreamName): Promise<void> {
    this.positions.delete(stream);
    return Promise.resolve();
  }
}
