import type { Target } from '../model/audience.js';
import type { DeviceRef } from '../model/device.js';
import type { StreamRef } from '../model/stream.js';
import type { Place } from '../store/message-store.js';
import type { ReadMark } from '../store/read-store.js';

/** "This stream has reached this head." */
export interface HeadHint extends StreamRef {
  readonly kind: 'head';
  readonly head: number;
}
/** A volatile message for whoever is connected now. The one thing a hint carries that is stored nowhere. */
export interface SignalHint {
  readonly kind: 'signal';
  readonly tenant: string;
  readonly targets: readonly Target[];
  /** The frame, as JSON text. */
  readonly frame: string;
}
export interface RecallHint {
  readonly kind: 'recall';
  readonly tenant: string;
  readonly id: string;
  readonly places: readonly Place[];
}
export interface ReadHint {
  readonly kind: 'read';
  readonly mark: ReadMark;
  readonly unread: number;
  /** Where it was read: not told itself. */
  readonly device?: string;
}
/** Their subscriptions changed. */
export interface SubscriptionsHint {
  readonly kind: 'subscriptions';
  readonly tenant: string;
  readonly users: readonly string[];
}
/** Their tokens issued before `at` are no longer good. */
export interface RevokedHint {
  readonly kind: 'revoked';
  readonly tenant: string;
  readonly user: string;
  /** Unix milliseconds. */
  readonly at: number;
}
/** A connection of this device was admitted: an older one elsewhere gives way. */
export interface ArrivedHint extends DeviceRef {
  readonly kind: 'arrived';
  readonly connection: string;
}

/** Only a hint: the store is the truth. */
export type Hint = HeadHint | SignalHint | RecallHint | ReadHint | SubscriptionsHint | RevokedHint | ArrivedHint;

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
