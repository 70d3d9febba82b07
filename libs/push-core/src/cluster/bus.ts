import type { Target } from '../model/audience.js';
import type { DeviceRef } from '../model/device.js';
import type { EntryFilter } from '../model/message.js';
import type { StreamId, StreamRef } from '../model/stream.js';
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
  /** When its link was accepted: the later one is the newer. Unix milliseconds. */
  readonly at: number;
}

/** A new entry as it is sent to devices: who follows one of the streams needs no store read. */
export interface EntryHint {
  readonly kind: 'entry';
  readonly tenant: string;
  readonly epoch: string;
  /** When the message was accepted, and until when it is worth delivering. Unix milliseconds. */
  readonly at: number;
  readonly expiresAt: number;
  /** The end of the push object, from `,"id":` on. */
  readonly tail: string;
  readonly places: readonly EntryPlace[];
  /** W3C `traceparent` of what sends it on. */
  readonly trace?: string;
}
export interface EntryPlace {
  readonly stream: StreamId;
  readonly seq: number;
  readonly filter?: EntryFilter;
}
/** A device signed for everything up to `seq` beside its link: the node that holds the link need not send it again. */
export interface AckedHint extends DeviceRef {
  readonly kind: 'acked';
  readonly stream: StreamId;
  readonly epoch: string;
  readonly seq: number;
}
/** Its policy was changed. */
export interface TenantHint {
  readonly kind: 'tenant';
  readonly tenant: string;
}
/** There is work of this kind in the job store. */
export interface WorkHint {
  readonly kind: 'work';
  readonly work: string;
}

/** Only a hint: the store is the truth. */
export type Hint =
  | HeadHint
  | EntryHint
  | SignalHint
  | RecallHint
  | ReadHint
  | SubscriptionsHint
  | RevokedHint
  | ArrivedHint
  | AckedHint
  | TenantHint
  | WorkHint;

export interface BusStatus {
  /** `blocked`: connected, but takes nothing now. */
  readonly state: 'up' | 'down' | 'blocked';
  /** Why it is not up, for whoever operates it. */
  readonly reason?: string;
}

/**
 * Carries hints between the nodes of a cluster. May lose, double and reorder them; never delivers to the sender's own
 * subscription. Nothing arrives after `close`.
 */
export interface Bus {
  /** Joins under this name, which no other node has. Before it nothing is carried. Rejects where the bus cannot start. */
  open(node: string): Promise<void>;
  /** To one node. As `broadcast`; hints for a node that is not there are dropped. */
  send(node: string, hints: readonly Hint[]): Promise<void>;
  /** Resolves when handed over, not when received. Rejects never: a bus that is down drops. */
  broadcast(hints: readonly Hint[]): Promise<void>;
  /** Returns the function that ends the subscription. */
  onHints(receive: (hints: readonly Hint[]) => void): () => void;
  status(): BusStatus;
  close(): Promise<void>;
}
