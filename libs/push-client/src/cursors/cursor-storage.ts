import type { Position, StreamName } from 'push-core/wire';

/**
 * Where the cursors of one user's one device outlive the process.
 *
 * The client checks what `load` answers, so an implementation hands over what it finds: an unreadable value is reported
 * and ignored. Of one stream, calls come one after the other; of different streams, at once. A rejection is reported and
 * does not stop delivery: the server keeps a cursor too.
 */
export interface CursorStorage {
  load(): Promise<Record<StreamName, unknown>>;
  /** Resolves when `load`, in a new process too, would answer this position or a later one. */
  save(stream: StreamName, position: Position): Promise<void>;
  /** The stream was left; following it again starts anew. */
  forget(stream: StreamName): Promise<void>;
}
