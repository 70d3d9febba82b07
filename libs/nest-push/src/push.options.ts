import { createValidator, idSchema, PushError, ROLES, type PushOptions, type Store } from 'push-core';
import type { MqttOptions } from 'push-core/mqtt';
import type { SocketIoServerOptions } from 'push-core/socketio';
import type { TransactionHost } from './push-transaction.js';
import type { RabbitSettings } from './rabbitmq/index.js';
import type { TracingOptions } from './tracing/tracing-options.js';

export interface WebSocketOptions {
  /** Default `/v1/ws`. */
  path?: string;
  /** Of this path alone; default: the module's. */
  allowedOrigins?: readonly string[];
}

export interface SocketIoSettings extends SocketIoServerOptions {
  /**
   * `own` (the default): a Socket.IO server on the application's HTTP server. `application`: the server that the
   * application has already, through `PushNamespace` or `PushSocketIo` of nest-push/gateways.
   */
  server?: 'own' | 'application';
}

/** The engine's options, and how it lives inside the application. */
export interface PushModuleOptions extends Omit<PushOptions, 'store'> {
  /** Left out only where a class with `@PushStore()` is among the application's providers. */
  store?: Store;
  /** The host's TypeORM DataSource, on the store's database: for `@PushResult({ onFailure: 'outbox' })`. */
  dataSource?: TransactionHost;
  /** The tenant where `PushService` is told none. Default `default`. */
  defaultTenant?: string;
  /**
   * Origins whose pages may connect, over any transport; exact matches, for example `https://app.example.com`. Default:
   * `websocket.allowedOrigins`, else the server's own only.
   */
  allowedOrigins?: readonly string[];
  /** `false`: no WebSocket even where the application has an HTTP server. */
  websocket?: false | WebSocketOptions;
  /**
   * Serves MQTT on a TCP port of its own, in an application without HTTP too; where there is an HTTP server, also over
   * WebSocket at `/v1/mqtt`. Needs mqtt-packet. Default: none.
   */
  mqtt?: MqttOptions;
  /** Serves Socket.IO clients with acknowledgements. Needs socket.io. Default: none. */
  socketio?: SocketIoSettings;
  /** Joins nodes and takes in publishes over RabbitMQ. Needs amqplib. Default: this process alone. */
  rabbitmq?: RabbitSettings;
  /** Takes publishes from the queue `push.publish` of RabbitMQ; with the role `worker`. Default true. */
  ingress?: boolean;
  /**
   * Spans of a message's way: publish, store, hint, send, acknowledge. `true` is `{}`. Needs @opentelemetry/api, and an SDK in the
   * process that takes them. Default: none.
   */
  tracing?: boolean | TracingOptions;
  /** At shutdown, draining and closing may take this long together. Milliseconds, default 10000. */
  drainTimeoutMs?: number;
}

export interface NestSettings {
  readonly defaultTenant: string;
  readonly allowedOrigins: readonly string[];
  readonly websocket: false | WebSocketOptions;
  readonly mqtt?: MqttOptions;
  readonly socketio?: SocketIoSettings;
  readonly rabbitmq?: RabbitSettings;
  /** Where there is a RabbitMQ to take them from, and this process works. */
  readonly ingress: boolean;
  readonly gateway: boolean;
  readonly worker: boolean;
  readonly tracing?: TracingOptions;
  readonly drainTimeoutMs: number;
}

/** Splits what is Nest's from what is the engine's; each with defaults of its own. */
export function splitOptions(options: PushModuleOptions): { engine: Omit<PushOptions, 'store'>; nest: NestSettings } {
  const {
    defaultTenant = 'default',
    mqtt,
    drainTimeoutMs = 10_000,
    rabbitmq,
    ingress: asked = true,
    tracing: traced = false,
    ...others
  } = options;
  const { websocket: ownSocket = {}, socketio: socketIo, allowedOrigins: origins, ...rest } = others;
  const { store: _store, dataSource: _dataSource, ...engine } = rest;
  const allowedOrigins = origins ?? ((ownSocket && ownSocket.allowedOrigins) || []);
  const listed = allowedOrigins.length > 0 ? { allowedOrigins } : {};
  const websocket = ownSocket && { ...listed, ...ownSocket };
  const socketio = socketIo && { ...listed, ...socketIo };
  checkTenant(defaultTenant);
  if (!Number.isInteger(drainTimeoutMs) || drainTimeoutMs < 1) {
    throw new PushError('INVALID', 'drainTimeoutMs must be a whole number of 1 or more', { field: 'drainTimeoutMs' });
  }
  if (websocket && websocket.path !== undefined && !websocket.path.startsWith('/')) {
    throw new PushError('INVALID', 'websocket.path must start with /', { field: 'websocket.path' });
  }
  if (mqtt && !(Number.isInteger(mqtt.port) && mqtt.port >= 0 && mqtt.port <= 65_535)) {
    throw new PushError('INVALID', 'mqtt.port must be a whole number from 0 to 65535', { field: 'mqtt.port' });
  }
  if (rabbitmq && engine.bus) {
    throw new PushError('INVALID', 'Give either rabbitmq or a bus of your own', { field: 'rabbitmq' });
  }
  if (traced && engine.tracer) {
    throw new PushError('INVALID', 'Give either tracing or a tracer of your own', { field: 'tracing' });
  }
  const tracing = traced === true ? {} : traced || undefined;
  const roles = engine.roles ?? ROLES;
  const worker = roles.includes('worker');
  const ingress = asked && rabbitmq !== undefined && worker;
  const gateway = roles.includes('gateway');
  const doors = { websocket, mqtt, socketio, allowedOrigins };
  return { engine, nest: { defaultTenant, ...doors, rabbitmq, ingress, gateway, worker, tracing, drainTimeoutMs } };
}

const checkTenant = createValidator<string>(idSchema, 'defaultTenant');
