import type { Listener, PushEventName } from './events.js';
import type { Device, DeviceRef, DeviceRegistration } from './model/device.js';
import type { PublishInput, PublishResult } from './model/publish-input.js';
import type { MessageReport } from './receipts/message-report.js';
import type { Inbox, InboxQuery } from './receipts/inbox.js';
import type { HostTransaction } from './store/host-transaction.js';
import type { Subscriber } from './store/topic-store.js';
import type { Arrival, Link, LinkHandler } from './transports/transport.js';
import type { PushError } from './errors.js';

export interface PublishExtras {
  /** The same key with the same body counts once, for 24 hours. 1–128 characters. */
  idempotencyKey?: string;
  /** Commits or rolls back with the host's own rows; the message is delivered after the commit. */
  transaction?: HostTransaction;
}

export type BatchItem = PublishInput & { readonly idempotencyKey?: string };
export type BatchOutcome =
  { readonly ok: true; readonly result: PublishResult } | { readonly ok: false; readonly error: PushError };

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
  inbox(tenant: string, user: string, query?: InboxQuery): Promise<Inbox>;

  putDevice(ref: DeviceRef, registration: DeviceRegistration): Promise<Device>;
  devices(tenant: string, user: string): Promise<readonly Device[]>;
  /** False when there was none. */
  removeDevice(ref: DeviceRef): Promise<boolean>;

  /** Devices that are connected follow from the next entry on. Resolves with the users that are new. */
  subscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]>;
  unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]>;
  subscribers(tenant: string, topic: string, page?: { after?: string; limit?: number }): Promise<readonly Subscriber[]>;

  /** A transport hands over a link; it gets back whom to tell what arrives on it. */
  accept(link: Link, arrival?: Arrival): LinkHandler;
  on<K extends PushEventName>(name: K, listener: Listener<K>): () => void;
  status(): PushStatus;
}

export interface PushStatus {
  readonly state: 'new' | 'started' | 'draining' | 'closed';
  readonly connections: number;
  /** Publishes waiting for the store. */
  readonly intakeQueue: number;
  /** Why it is not ready, or undefined. */
  readonly trouble?: string;
}
