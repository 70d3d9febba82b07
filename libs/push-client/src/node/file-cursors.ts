import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Position, StreamName } from 'push-core/wire';
import type { CursorStorage } from '../cursors/cursor-storage.js';

/**
 * Cursors in one JSON file, for a service or a command-line tool. Each write makes a new file and renames it over the old
 * one, so a crash leaves the one or the other, whole. Saves that come while a write is under way share the next one.
 * One process a file.
 */
export class FileCursors implements CursorStorage {
  private readonly positions = new Map<StreamName, unknown>();
  private next: Promise<void> | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** Rejects where the file is there but is not readable; the next save then replaces it. */
  async load(): Promise<Record<StreamName, unknown>> {
    const found: unknown = JSON.parse(await this.read());
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      throw new TypeError(`${this.path} does not hold cursors`);
    }
    for (const [stream, position] of Object.entries(found)) this.positions.set(stream, position);
    return Object.fromEntries(this.positions);
  }

  save(stream: StreamName, position: Position): Promise<void> {
    this.positions.set(stream, { epoch: position.epoch, seq: position.seq });
    return this.write();
  }

  forget(stream: StreamName): Promise<void> {
    this.positions.delete(stream);
    return this.write();
  }

  private async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return '{}';
      throw error;
    }
  }

  /** Joins the write that has not begun yet, or plans one after the one under way. */
  private write(): Promise<void> {
    this.next ??= this.last
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.replace(JSON.stringify(Object.fromEntries(this.positions)));
      });
    this.last = this.next;
    return this.next;
  }

  private async replace(text: string): Promise<void> {
    const draft = `${this.path}.tmp`;
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      // Before the rename: otherwise a power cut can leave an empty file under the right name.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.path);
  }
}
