import type { StreamRef } from '../model/stream.js';

/** "This stream has reached this head." Only a hint: the store is the truth. */
export interface Hint extends StreamRef {
  readonly head: number;
}

/**
 * Carries hints between the nodes of a cluster. May lose, double and reorder them; never delivers to the sender's own
 * subscription. Nothing arrives after `close`.
 */
export interface Bus {
  /** Resolves when handed over, not when received. Rejects never: a bus that is down drops. */
  broadcast(hints: readonly Hint[]): Promise<void>;
  /** Returns the function that ends the subscription. */
  onHints(receive: (hints: readonly Hint[]) => void): () => void;
  close(): Promise<void>;
}
