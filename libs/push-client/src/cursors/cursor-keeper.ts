import type { Position, StreamName } from 'push-core/wire';
import type { Clock } from '../clock.js';
import { withDeadline } from '../deadline.js';
import { PushClientError } from '../errors.js';
import { readPosition } from '../position.js';
import type { CursorStorage } from './cursor-storage.js';

/** A store that answers later than this is treated as failed: a hanging disk must not stop delivery. */
const STORAGE_WAIT_MS = 5_000;

/**
 * Stands between the client and a `CursorStorage` somebody else wrote: checks what comes out of it, keeps the calls of
 * one stream in order, and turns failures into reports. Nothing here rejects.
 */
export class CursorKeeper {
  private readonly tails = new Map<StreamName, Promise<void>>();

  constructor(
    private readonly storage: CursorStorage,
    private readonly clock: Clock,
    private readonly report: (error: PushClientError) => void,
  ) {}

  async load(): Promise<Map<StreamName, Position>> {
    const positions = new Map<StreamName, Position>();
    const found = await this.guard('load', () => this.storage.load());
    for (const [stream, value] of Object.entries(found ?? {})) {
      const position = readPosition(value);
      if (position !== undefined) positions.set(stream, position);
      else
        this.report(new PushClientError('CLIENT_BAD_CURSOR', `the stored cursor of ${stream} is malformed; ignored`));
    }
    return positions;
  }

  save(stream: StreamName, position: Position): Promise<void> {
    return this.inOrder(stream, () => this.guard('save', () => this.storage.save(stream, position)));
  }

  forget(stream: StreamName): Promise<void> {
    return this.inOrder(stream, () => this.guard('forget', () => this.storage.forget(stream)));
  }

  private inOrder(stream: StreamName, work: () => Promise<unknown>): Promise<void> {
    const tail = (this.tails.get(stream) ?? Promise.resolve()).then(async () => {
      await work();
      if (this.tails.get(stream) === tail) this.tails.delete(stream);
    });
    this.tails.set(stream, tail);
    return tail;
  }

  private async guard<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      // Called inside, so that a storage which throws instead of rejecting is caught too.
      return await withDeadline(this.clock, STORAGE_WAIT_MS, what, (async () => work())());
    } catch (error) {
      this.report(new PushClientError('CLIENT_STORAGE_FAILED', `cursor storage: ${what} failed`, error));
      return undefined;
    }
  }
}
