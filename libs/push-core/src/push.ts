import type { Erased } from './erase/erased.js';
import type { Listener, PushEventName } from './events.js';
import type { Lists } from './lists/lists.js';
import type { Device, DeviceRef, DeviceRegistration } from './model/device.js';
import type { PublishInput, PublishResult } from './model/publish-input.js';
import type { MessageReport } from './receipts/message-report.js';
import type { EntriesQuery, Inbox, InboxEntry, InboxQuery } from './receipts/inbox.js';
import type { Explanation, Notifications } from './offline/notifications.js';
import type { HostTransaction } from './store/host-transaction.js';
import type { Subscriber } from './store/topic-store.js';
import type { DevicePresence } from './store/presence-store.js';
import type { Identity } from './online/authenticator.js';
import type { Meters } from './meters.js';
import type { StreamName } from './wire.js';
import type { AddressedRequest } from './transports/client-address.js';
import type { Arrival, Link, LinkHandler } from './transports/transport.js';
import type { BusStatus } from './cluster/bus.js';
import type { PushError } from './errors.js';
import type { Quota } from './tenants/tenant-policies.js';

export interface PublishExtras {
  /** The same key with the same body counts once, for 24 hours. 1–128 characters. */
  idempotencyKey?: string;
  /** Commits or rolls back with the host's own rows; the message is delivered after the commit. */
  transaction?: HostTransaction;
}

export type BatchItem = PublishInput & { readonly idempotencyKey?: string };
export type BatchOutcome =
  { readonly ok: true; readonly result: PublishResult } | { readonly ok: false; readonly error: PushError };

export interface RecallResult {
  readonly id: string;
  readonly state: 'cancelled' | 'recalled';
}
/** A user, and the device it happens on where there is one. */
export interface Reader {
  readonly tenant: string;
  readonly user: string;
  readonly device?: string;
}
export interface MarkRequest {
  /** `@me` or a topic. */
  readonly s: StreamName;
  readonly seq: number;
  readonly thread?: string;
}
export interface Unread {
  readonly total: number;
  /** By thread, over all streams; what has no thread counts in the total only. */
  readonly threads: Readonly<Record<string, number>>;
}
export interface UserPresence {
  readonly user: string;
  readonly online: boolean;
  /** Unix milliseconds; absent for a user never seen. */
  readonly lastSeenAt?: number;
  readonly devices: readonly DevicePresence[];
}
export type Credentials = { readonly token: string } | { readonly ticket: string };
export interface Guest {
  readonly identity: Identity;
  readonly device: string;
}
export interface Ticket {
  readonly ticket: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** The engine, as a host uses it. Made by `createPush`. Inputs are validated here, whatever their declared type. */
export interface Push {
  readonly node: string;
  /** Opens the store and begins background work. Idempotent. */
  start(): Promise<void>;
  /** No new work; clients are told to go elsewhere; resolves when work in hand is finished. Idempotent. */
  drain(): Promise<void>;
  /** Drains if need be, then lets go of everything. Idempotent. */
  close(): Promise<void>;

  /** Resolves when the message is durable. Throws PushError. */
  publish(tenant: string, input: PublishInput, extras?: PublishExtras): Promise<PublishResult>;
  /** Up to 500; an outcome each, in order; one bad item does not spoil the others. */
  publishBatch(tenant: string, items: readonly BatchItem[]): Promise<readonly BatchOutcome[]>;
  /** The message, its state and counts. Throws NOT_FOUND. */
  message(tenant: string, id: string): Promise<MessageReport>;
  /** Why a user was, or was not, told of a message, step by step. Throws NOT_FOUND. */
  explain(tenant: string, id: string, user: string): Promise<Explanation>;
  inbox(tenant: string, user: string, query?: InboxQuery): Promise<Inbox>;
  /** What a stream holds between two places, oldest first. What was recalled is left out, and so is what retention removed. Throws INVALID. */
  entries(tenant: string, query: EntriesQuery): Promise<readonly InboxEntry[]>;

  putDevice(ref: DeviceRef, registration: DeviceRegistration): Promise<Device>;
  devices(tenant: string, user: string): Promise<readonly Device[]>;
  /** False when there was none. */
  removeDevice(ref: DeviceRef): Promise<boolean>;

  /** Devices that are connected follow from the next entry on. Resolves with the users that are new. */
  subscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]>;
  unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]>;
  subscribers(tenant: string, topic: string, page?: { after?: string; limit?: number }): Promise<readonly Subscriber[]>;

  /** Cancels a message that is not due yet, recalls any other. Idempotent. Throws NOT_FOUND. */
  recall(tenant: string, id: string): Promise<RecallResult>;
  /** Signs for everything of the stream up to `seq`, as the device's `ack` frame does. Throws INVALID beyond its head. */
  acknowledge(device: DeviceRef, stream: StreamName, seq: number): Promise<void>;
  /** Sets a read mark, as a `read` frame does; the user's other devices are told. `reader.device` is not told itself. */
  markRead(reader: Reader, mark: MarkRequest): Promise<{ readonly unread: number }>;
  /** What the user has not read, of the own stream and of all topics subscribed to: the badge number. */
  unread(reader: Reader): Promise<Unread>;
  /** For each user, its devices and whether they are connected. 1000 users at most. */
  presence(tenant: string, users: readonly string[]): Promise<readonly UserPresence[]>;
  /** Closes the user's connections on every node, and refuses tokens issued before now. */
  disconnect(tenant: string, user: string): Promise<void>;
  /**
   * Erases what is kept about the user, closes its connections and refuses its tokens issued before now. Messages to others too
   * stay, without its name; what they say stays. Resolves when it is done, or after some 20 s while it goes on. Idempotent.
   */
  eraseUser(tenant: string, user: string): Promise<Erased>;
  /** Erases everything of the tenant. Publishing must have been refused before, or what is published meanwhile may stay. */
  eraseTenant(tenant: string): Promise<Erased>;

  /** What is left of what the tenant may do, on this node. */
  quota(tenant: string): Promise<Quota>;
  /**
   * The tenant's policy (`PushOptions.tenants`) was changed: every node looks at it anew. Resolves when this one has; whoever may be
   * connected no more is gone then.
   */
  tenantChanged(tenant: string): Promise<void>;

  /** Who a token or a ticket belongs to, and whether it may still come in. Throws UNAUTHORIZED, TOKEN_EXPIRED, REVOKED. */
  identify(credentials: Credentials, device?: string): Promise<Guest>;
  /** A ticket good for 30 s and one use, for clients that cannot send a header. Throws like `identify`. */
  issueTicket(token: string, device?: string): Promise<Ticket>;
  /** Undefined, or why a link from this address is refused before anything is answered. Ask first, then `accept`. */
  refusal(address?: string): PushError | undefined;
  /**
   * The address a request comes from, for `refusal` and `Arrival.address`: the peer's, or where that is one of `PushOptions.trustedProxies`,
   * the one it names in `X-Forwarded-For`. Undefined where the socket knows none.
   */
  addressOf(request: AddressedRequest): string | undefined;

  /** A transport hands over a link; it gets back whom to tell what arrives on it. */
  accept(link: Link, arrival?: Arrival): LinkHandler;
  on<K extends PushEventName>(name: K, listener: Listener<K>): () => void;
  status(): PushStatus;
  /** The time this engine dates by, which all nodes on its store share. Unix milliseconds. */
  now(): number;
  /** Providers, policy, preferences and what came of notifications. Without `offline` every method throws NOT_SUPPORTED. */
  readonly notifications: Notifications;
  /** What there is: messages, users, cursors, topics, a page at a time. */
  readonly lists: Lists;
  /** What was counted since the start. */
  readonly meters: Meters;
}

export interface PushStatus {
  readonly state: 'new' | 'started' | 'draining' | 'closed';
  readonly connections: number;
  /** Publishes waiting for the store. */
  readonly intakeQueue: number;
  /** Why it is not ready, or undefined. */
  readonly trouble?: string;
  /** Whether other nodes are reached at once; where not, what they append arrives with the next sweep. */
  readonly bus: BusStatus;
}
