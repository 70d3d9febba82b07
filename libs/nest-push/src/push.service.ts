import { Inject, Injectable, Optional } from '@nestjs/common';
import type {
  BatchItem,
  BatchOutcome,
  Device,
  DeviceRef,
  DeviceRegistration,
  EntriesQuery,
  Erased,
  Explanation,
  HostTransaction,
  Identity,
  Inbox,
  InboxEntry,
  InboxQuery,
  Listener,
  Lists,
  MarkRequest,
  MessageReport,
  Notifications,
  PublishInput,
  PublishResult,
  Push,
  PushEventName,
  Quota,
  Reader,
  RecallResult,
  Subscriber,
  Unread,
  UserPresence,
} from 'push-core';
import { adopt, type AdoptAnyOptions, type Adoption } from 'push-core/adopt';
import { Observable } from 'rxjs';
import { joinTypeOrm, type TransactionManager } from './host-transaction.js';
import { PluggedParts } from './explorer/plugged-parts.js';
import { pushEvent, type PushEvent } from './push-events.js';
import { splitOptions, type PushModuleOptions } from './push.options.js';
import type { TestBench } from './test-bench.js';
import { PUSH, PUSH_MODULE_OPTIONS, PUSH_TEST_BENCH } from './tokens.js';

/** A publish, with what the HTTP API takes from its headers beside it. */
export type PublishMessage = PublishInput & {
  /** Default: the module's `defaultTenant`. */
  readonly tenant?: string;
  readonly idempotencyKey?: string;
};

/** What only connected devices get, and nobody stores: typing, a cursor on a page. */
export type SignalMessage = Pick<PublishMessage, 'to' | 'type' | 'thread' | 'data' | 'tenant'>;

export interface PublishContext {
  /** TypeORM's, inside a transaction of the host: the publish commits or rolls back with the host's own rows. */
  readonly manager?: TransactionManager;
}

export interface InTenant {
  /** Default: the module's `defaultTenant`. */
  readonly tenant?: string;
}

/** The engine, as a provider: works in every kind of application, one without a socket or HTTP server too. */
@Injectable()
export class PushService {
  private readonly defaultTenant: string;
  private readonly store: unknown;

  constructor(
    @Inject(PUSH) readonly engine: Push,
    @Inject(PUSH_MODULE_OPTIONS) options: PushModuleOptions,
    @Optional() @Inject(PUSH_TEST_BENCH) private readonly bench?: TestBench,
    @Optional() @Inject(PluggedParts) parts?: PluggedParts,
  ) {
    this.defaultTenant = splitOptions(options).nest.defaultTenant;
    this.store = options.store ?? parts?.store;
  }

  /** Resolves when the message is durable; with a `manager`: when it will be, if the host's transaction commits. Throws PushError. */
  async publish(message: PublishMessage, context: PublishContext = {}): Promise<PublishResult> {
    const { tenant = this.defaultTenant, idempotencyKey, ...input } = message;
    const transaction: HostTransaction | undefined = context.manager && (await this.join(context.manager));
    return this.engine.publish(tenant, input, { idempotencyKey, transaction });
  }

  /** To the devices that are connected now, on every node: never stored, no `seq`, may be lost. Throws PushError. */
  async signal({ tenant = this.defaultTenant, ...message }: SignalMessage): Promise<void> {
    await this.engine.publish(tenant, { ...message, options: { volatile: true } });
  }

  /** Up to 500; an outcome each, in order. */
  publishBatch(
    items: readonly BatchItem[],
    { tenant = this.defaultTenant }: InTenant = {},
  ): Promise<readonly BatchOutcome[]> {
    return this.engine.publishBatch(tenant, items);
  }

  /** The message, its state and counts. Throws NOT_FOUND. */
  message(id: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<MessageReport> {
    return this.engine.message(tenant, id);
  }

  /** Why the user was, or was not, told of a message: step by step, with reasons. Throws NOT_FOUND. */
  explain(id: string, user: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<Explanation> {
    return this.engine.explain(tenant, id, user);
  }

  /** Providers' credentials, rules, preferences, receipts and dead letters. Its methods are told the tenant. */
  get notifications(): Notifications {
    return this.engine.notifications;
  }

  /** Cancels a message that is not due yet, recalls any other: it leaves the streams, clients are told. Throws NOT_FOUND. */
  recall(id: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<RecallResult> {
    return this.engine.recall(tenant, id);
  }

  inbox(user: string, { tenant = this.defaultTenant, ...query }: InboxQuery & InTenant = {}): Promise<Inbox> {
    return this.engine.inbox(tenant, user, query);
  }

  /** What lies in a stream between two `seq`s, both included; 500 at most, oldest first, without what was recalled. */
  entries({ tenant = this.defaultTenant, ...query }: EntriesQuery & InTenant): Promise<readonly InboxEntry[]> {
    return this.engine.entries(tenant, query);
  }

  putDevice(device: Omit<DeviceRef, 'tenant'> & InTenant, registration: DeviceRegistration): Promise<Device> {
    return this.engine.putDevice(this.inTenant(device), registration);
  }

  devices(user: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<readonly Device[]> {
    return this.engine.devices(tenant, user);
  }

  /** False when there was none. */
  removeDevice(device: Omit<DeviceRef, 'tenant'> & InTenant): Promise<boolean> {
    return this.engine.removeDevice(this.inTenant(device));
  }

  /** Resolves with the users that are new. */
  subscribe(
    topic: string,
    users: readonly string[],
    { tenant = this.defaultTenant }: InTenant = {},
  ): Promise<readonly string[]> {
    return this.engine.subscribe(tenant, topic, users);
  }

  /** Resolves with the users that were subscribed. */
  unsubscribe(
    topic: string,
    users: readonly string[],
    { tenant = this.defaultTenant }: InTenant = {},
  ): Promise<readonly string[]> {
    return this.engine.unsubscribe(tenant, topic, users);
  }

  subscribers(
    topic: string,
    { tenant = this.defaultTenant, ...page }: { after?: string; limit?: number } & InTenant = {},
  ): Promise<readonly Subscriber[]> {
    return this.engine.subscribers(tenant, topic, page);
  }

  /** Signs for everything of the stream (`@me` or a topic) up to `seq`, as the device itself would. Throws INVALID beyond its head. */
  acknowledge(device: Omit<DeviceRef, 'tenant'> & InTenant, stream: string, seq: number): Promise<void> {
    return this.engine.acknowledge(this.inTenant(device), stream, seq);
  }

  /** The user has read up to `mark.seq`; its other devices are told. Resolves with what is still unread there. */
  markRead(reader: Omit<Reader, 'tenant'> & InTenant, mark: MarkRequest): Promise<{ readonly unread: number }> {
    return this.engine.markRead(this.inTenant(reader), mark);
  }

  /** What the user has not read, over all its streams: the badge number. */
  unread(reader: Omit<Reader, 'tenant'> & InTenant): Promise<Unread> {
    return this.engine.unread(this.inTenant(reader));
  }

  /** Whether users are connected, by which devices, and when they were last. 1000 at most; in their order. */
  presence(users: readonly string[], { tenant = this.defaultTenant }: InTenant = {}): Promise<readonly UserPresence[]> {
    return this.engine.presence(tenant, users);
  }

  /** Closes the user's connections on every node, and refuses tokens issued before now. */
  disconnect(user: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<void> {
    return this.engine.disconnect(tenant, user);
  }

  /**
   * Erases what is kept about the user, and closes its connections. Messages to others too stay, without its name. Resolves when it
   * is done, or after some 20 s while it goes on (`finished: false`).
   */
  eraseUser(user: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<Erased> {
    return this.engine.eraseUser(tenant, user);
  }

  /** Erases everything of a tenant. Refuse its publishes first. */
  eraseTenant(tenant: string): Promise<Erased> {
    return this.engine.eraseTenant(tenant);
  }

  /** Messages, users, cursors and topics, a page at a time. Its methods are told the tenant. */
  get lists(): Lists {
    return this.engine.lists;
  }

  /** What is left of what the tenant may do, on this node. */
  quota({ tenant = this.defaultTenant }: InTenant = {}): Promise<Quota> {
    return this.engine.quota(tenant);
  }

  /** A tenant's policy (`tenants` of the options) was changed: every node looks at it anew. */
  tenantChanged(tenant: string): Promise<void> {
    return this.engine.tenantChanged(tenant);
  }

  /**
   * Delivers over a connection that the application's own gateway has authenticated, beside its own messages: a socket of
   * `ws` or of Socket.IO. Throws NOT_SUPPORTED for anything else. What the client may have said wrong, its device for instance, is
   * answered with `error` on the socket, which is then closed.
   */
  accept(
    socket: unknown,
    { tenant = this.defaultTenant, ...identity }: Omit<Identity, 'tenant'> & InTenant,
    options: Omit<AdoptAnyOptions, 'identity'> = {},
  ): Adoption {
    return adopt(this.engine, socket, { identity: { ...identity, tenant }, ...options });
  }

  /** Returns the function that takes the listener off again. */
  on<K extends PushEventName>(name: K, listener: Listener<K>): () => void {
    return this.engine.on(name, listener);
  }

  /** The same events as `@OnPush`, until unsubscribed from. */
  observe<K extends PushEventName>(name: K): Observable<PushEvent<K>> {
    return new Observable((subscriber) =>
      this.engine.on(name, (event) => subscriber.next(pushEvent(this.engine, name, event))),
    );
  }

  private join(manager: TransactionManager): HostTransaction | Promise<HostTransaction> {
    return this.bench ? this.bench.joinTransaction(manager) : joinTypeOrm(manager, this.store);
  }

  private inTenant<T extends InTenant>(one: T): T & { readonly tenant: string } {
    return { ...one, tenant: one.tenant ?? this.defaultTenant };
  }
}
