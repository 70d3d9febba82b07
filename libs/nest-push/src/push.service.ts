import { Inject, Injectable } from '@nestjs/common';
import type {
  BatchItem,
  BatchOutcome,
  Device,
  DeviceRef,
  DeviceRegistration,
  HostTransaction,
  Inbox,
  InboxQuery,
  Listener,
  MessageReport,
  PublishInput,
  PublishResult,
  Push,
  PushEventName,
  Subscriber,
} from 'push-core';
import { splitOptions, type PushModuleOptions } from './push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from './tokens.js';
import { joinTypeOrm, type TransactionManager } from './host-transaction.js';

/** A publish, with what the HTTP API takes from its headers beside it. */
export type PublishMessage = PublishInput & {
  /** Default: the module's `defaultTenant`. */
  readonly tenant?: string;
  readonly idempotencyKey?: string;
};

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
  ) {
    this.defaultTenant = splitOptions(options).nest.defaultTenant;
    this.store = options.store;
  }

  /** Resolves when the message is durable; with a `manager`: when it will be, if the host's transaction commits. Throws PushError. */
  async publish(message: PublishMessage, context: PublishContext = {}): Promise<PublishResult> {
    const { tenant = this.defaultTenant, idempotencyKey, ...input } = message;
    const transaction: HostTransaction | undefined =
      context.manager && (await joinTypeOrm(context.manager, this.store));
    return this.engine.publish(tenant, input, { idempotencyKey, transaction });
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

  inbox(user: string, { tenant = this.defaultTenant, ...query }: InboxQuery & InTenant = {}): Promise<Inbox> {
    return this.engine.inbox(tenant, user, query);
  }

  putDevice(device: Omit<DeviceRef, 'tenant'> & InTenant, registration: DeviceRegistration): Promise<Device> {
    return this.engine.putDevice({ tenant: this.defaultTenant, ...device }, registration);
  }

  devices(user: string, { tenant = this.defaultTenant }: InTenant = {}): Promise<readonly Device[]> {
    return this.engine.devices(tenant, user);
  }

  /** False when there was none. */
  removeDevice(device: Omit<DeviceRef, 'tenant'> & InTenant): Promise<boolean> {
    return this.engine.removeDevice({ tenant: this.defaultTenant, ...device });
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

  /** Returns the function that takes the listener off again. */
  on<K extends PushEventName>(name: K, listener: Listener<K>): () => void {
    return this.engine.on(name, listener);
  }
}
