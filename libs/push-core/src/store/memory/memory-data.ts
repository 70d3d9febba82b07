import type { Device } from '../../model/device.js';
import type { Message } from '../../model/message.js';
import type { Position, StreamId } from '../../model/stream.js';
import type { Revocation, TicketRecord } from '../access-store.js';
import type { Idempotency, Place, RecalledPlace } from '../message-store.js';
import type { PresenceMove } from '../presence-store.js';
import type { ReadMark } from '../read-store.js';
import type { MemoryStream } from './memory-stream.js';

export interface MessageRecord {
  message: Message;
  /** Where it was appended, trimmed or not. */
  places: readonly Place[];
  /** Entries still kept. */
  kept: number;
  held: boolean;
}

export interface KeyRecord extends Idempotency {
  readonly id: string;
  readonly acceptedAt: number;
}

export interface SubscriptionRecord {
  readonly since: number;
  readonly subscribedAt: number;
}

/** A device's own reading of a stream. */
export interface Reader {
  readonly user: string;
  /** It began after this `seq`. */
  readonly began: number;
}

/** A node's claim to be alive. Unix milliseconds. */
export interface Lease {
  readonly renewedAt: number;
  readonly until: number;
}

/** A user's marks in one stream, by thread; that of the whole stream under `''`. */
export type Marks = Map<string, ReadMark>;

/**
 * Everything a memory store knows, apart from the store itself: stores made on the same data are the nodes of one
 * cluster, or one node before and after its restart.
 */
export interface MemoryData {
  readonly epoch: string;
  /** By tenant and id. */
  readonly messages: Map<string, MessageRecord>;
  readonly held: Set<MessageRecord>;
  /** By tenant and name. */
  readonly streams: Map<string, MemoryStream>;
  /** By tenant and key. */
  readonly keys: Map<string, KeyRecord>;
  /** By device, then by stream. */
  readonly cursors: Map<string, Map<StreamId, Position>>;
  /** By stream: the devices that have a cursor there, and whose they are. */
  readonly readers: Map<string, Map<string, Reader>>;
  /** By tenant and user, then by device id. */
  readonly devices: Map<string, Map<string, Device>>;
  /** By device, then by topic. */
  readonly follows: Map<string, Map<string, boolean>>;
  /** By tenant and topic, then by user. */
  readonly subscribers: Map<string, Map<string, SubscriptionRecord>>;
  /** By tenant and user: topics. */
  readonly subscriptions: Map<string, Set<string>>;
  /** By stream, then by `seq`. */
  readonly recalled: Map<string, Map<number, RecalledPlace>>;
  /** By stream, then by user. */
  readonly marks: Map<string, Map<string, Marks>>;
  /** By tenant and user: streams with a mark. */
  readonly markedStreams: Map<string, Set<StreamId>>;
  /** By tenant and user, then by device id: the device's last move. */
  readonly presence: Map<string, Map<string, PresenceMove>>;
  /** By node. */
  readonly leases: Map<string, Lease>;
  /** By tenant and user. */
  readonly revocations: Map<string, Revocation>;
  /** By digest. */
  readonly tickets: Map<string, TicketRecord>;
}

export function createMemoryData(epoch: string): MemoryData {
  return {
    epoch,
    messages: new Map(),
    held: new Set(),
    streams: new Map(),
    keys: new Map(),
    cursors: new Map(),
    readers: new Map(),
    devices: new Map(),
    follows: new Map(),
    subscribers: new Map(),
    subscriptions: new Map(),
    recalled: new Map(),
    marks: new Map(),
    markedStreams: new Map(),
    presence: new Map(),
    leases: new Map(),
    revocations: new Map(),
    tickets: new Map(),
  };
}

/** The value under `key`, made when there is none. */
export function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
