import type { Device, DeviceRef } from '../../model/device.js';
import type { Entry, Message } from '../../model/message.js';
import type { Position, StreamId } from '../../model/stream.js';
import type { Preferences } from '../../policy/preferences.js';
import type { Revocation, TicketRecord } from '../access-store.js';
import type { DeadJob, NewJob } from '../job-store.js';
import type { Idempotency, Place, RecalledPlace } from '../message-store.js';
import type { PresenceMove } from '../presence-store.js';
import type { ReadMark } from '../read-store.js';
import type { Setting } from '../setting-store.js';
import { NotificationTable } from './memory-notification-table.js';
import type { MemoryStream } from './memory-stream.js';

export interface MessageRecord {
  message: Message;
  /** What its entries show of it: one object for all of them. */
  told?: Entry['message'];
  /** Where it was appended, trimmed or not. */
  places: readonly Place[];
  /** The same by stream, once somebody asked for it. */
  placeIn?: ReadonlyMap<StreamId, Place>;
  /** Entries still kept. */
  kept: number;
  held: boolean;
}

export interface KeyRecord extends Idempotency {
  readonly id: string;
  readonly acceptedAt: number;
}

export interface JobRecord extends NewJob {
  /** In the order they were stored. */
  readonly no: number;
  readonly attempts: number;
  readonly held?: { readonly owner: string; /** Unix milliseconds. */ readonly until: number };
  readonly death?: Pick<DeadJob, 'reason' | 'diedAt'>;
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

/** Users of a tenant who have a device with a token. */
export interface TokenUsers {
  readonly all: Set<string>;
  /** By code point, until somebody comes or goes. */
  sorted?: readonly string[];
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
  /** Messages that have no entry, but had a job when that was noticed. */
  readonly spared: Set<MessageRecord>;
  /** By tenant and id (what they are about), then by kind. */
  readonly jobs: Map<string, Map<string, JobRecord>>;
  /** Numbers given out. */
  readonly counters: { jobs: number };
  /** By tenant and name. */
  readonly streams: Map<string, MemoryStream>;
  /** By bucket (`renewalBucket`): the mark of streams that begin there. */
  readonly renewals: Map<number, string>;
  /** By tenant and key. */
  readonly keys: Map<string, KeyRecord>;
  /** By device, then by stream. */
  readonly cursors: Map<string, Map<StreamId, Position>>;
  /** By tenant and user: devices that have a cursor. */
  readonly cursorDevices: Map<string, Set<string>>;
  /** By stream: the devices that have a cursor there, and whose they are. */
  readonly readers: Map<string, Map<string, Reader>>;
  /** By tenant and user, then by device id. */
  readonly devices: Map<string, Map<string, Device>>;
  /** By tenant and digest of the token. */
  readonly tokenOwners: Map<string, DeviceRef>;
  /** By tenant. */
  readonly tokenUsers: Map<string, TokenUsers>;
  /** By device, then by topic. */
  readonly follows: Map<string, Map<string, boolean>>;
  /** By tenant and topic, then by user. */
  readonly subscribers: Map<string, Map<string, SubscriptionRecord>>;
  /** By tenant and topic: users by code point, until somebody comes or goes. */
  readonly sortedSubscribers: Map<string, readonly string[]>;
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
  /** By tenant and name. */
  readonly settings: Map<string, Setting>;
  /** By tenant and user. */
  readonly preferences: Map<string, Preferences>;
  readonly notifications: NotificationTable;
}

export function createMemoryData(epoch: string): MemoryData {
  return {
    epoch,
    messages: new Map(),
    held: new Set(),
    spared: new Set(),
    jobs: new Map(),
    counters: { jobs: 0 },
    streams: new Map(),
    renewals: new Map(),
    keys: new Map(),
    cursors: new Map(),
    cursorDevices: new Map(),
    readers: new Map(),
    devices: new Map(),
    tokenOwners: new Map(),
    tokenUsers: new Map(),
    follows: new Map(),
    subscribers: new Map(),
    sortedSubscribers: new Map(),
    subscriptions: new Map(),
    recalled: new Map(),
    marks: new Map(),
    markedStreams: new Map(),
    presence: new Map(),
    leases: new Map(),
    revocations: new Map(),
    tickets: new Map(),
    settings: new Map(),
    preferences: new Map(),
    notifications: new NotificationTable(),
  };
}

export { entryOf } from './entry-of.js';
