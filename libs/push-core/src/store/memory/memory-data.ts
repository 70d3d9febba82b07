import type { Device } from '../../model/device.js';
import type { Message } from '../../model/message.js';
import type { Position, StreamId } from '../../model/stream.js';
import type { Idempotency, Place } from '../message-store.js';
import type { MemoryStream } from './memory-stream.js';

export interface MessageRecord {
  readonly message: Message;
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

/**
 * Everything a memory store knows, apart from the store itself: stores made on the same data are the nodes of one
 * cluster, or one node before and after its restart.
 */
/** A device's own reading of a stream. */
export interface Reader {
  readonly user: string;
  /** It began after this `seq`. */
  readonly began: number;
}

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
  };
}

/** The value under `key`, made when there is none. */
export function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
