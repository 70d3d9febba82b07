import type { AppendOutcome, AppendRequest } from './message-store.js';

/**
 * A transaction the host opened itself, on the database the store is in: what is appended through it commits or rolls
 * back with the host's own rows.
 */
export interface HostTransaction {
  /** As `MessageStore.append`, inside the host's transaction: durable when that commits. */
  append(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]>;
  /** Runs `run` once after the commit; never after a rollback. */
  onCommit(run: () => void): void;
}
