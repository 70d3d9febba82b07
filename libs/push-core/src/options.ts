import type { Bus } from './cluster/bus.js';
import { InProcessBusHub } from './cluster/in-process-bus.js';
import type { Clock } from './clock/clock.js';
import { StoreClock } from './clock/store-clock.js';
import { systemClock } from './clock/system-clock.js';
import { PushError } from './errors.js';
import { createIds, systemRandom, type Ids, type Random } from './ids/ids.js';
import type { Authenticator } from './online/authenticator.js';
import type { OfflineOptions } from './offline/notifications.js';
import type { Plugin } from './plugin.js';
import type { Store } from './store/store.js';
import type { TenantPolicies } from './tenants/tenant-policies.js';
import type { Tracer } from './tracing/tracer.js';
import { readTrustedProxies, type Trusts } from './transports/trusted-proxies.js';

export const ROLES = ['api', 'gateway', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** How much and how long. Every number has a default; durations in milliseconds, sizes in bytes. */
export interface Limits {
  /** Unacknowledged entries of a stream, where the client names no window (1–1024). Default 256. */
  windowEntries: number;
  /** The client's first frame must come within. Default 10000. */
  connectTimeoutMs: number;
  /** A quiet link is pinged this often. Default 25000. */
  heartbeatMs: number;
  /** A link that answers nothing for this long after a ping is closed with 3002. Default 10000. */
  heartbeatGraceMs: number;
  /** Unacknowledged entries are sent again after. Default 10000. */
  retransmitAfterMs: number;
  /** Sent again this often without any acknowledgement, the link is closed with 3001. Default 6. */
  retransmitAttempts: number;
  /** No more is handed to a socket that has not taken this many bytes. Default 262144. */
  congestedBytes: number;
  /** A socket that takes nothing for this long while congested is closed with 3001. Default 15000. */
  slowConsumerMs: number;
  /** A frame from the server carries about this much at most. Default 131072. */
  frameBytes: number;
  /** Entries of one stream kept in memory for devices near its head. Default 1024. */
  hotEntries: number;
  /** … and for how long. Default 30000. */
  hotMs: number;
  /** Bytes of data kept in memory for all streams together. Default 67108864. */
  hotBytes: number;
  /**
   * Acknowledgements are written to the store this often; a crash forgets those of that time, and devices without a
   * memory of their own get those entries again. Default 1000; with `offline` 400, for so long may an acknowledgement be unknown to
   * whoever decides about a notification.
   */
  cursorFlushMs: number;
  /** Publishes waiting for the store; more are refused with OVERLOADED. Default 20000. */
  intakeQueue: number;
  /** Publishes written in one transaction at most. Default 1000. */
  commitBatch: number;
  /** Heads of followed streams are compared with the store this often: closes what a lost hint left open. Default 10000. */
  sweepMs: number;
  /** … and this often while the bus is away. Default 2000. */
  sweepWithoutBusMs: number;
  /** Scheduled messages are looked for this often. Default 500. */
  duePollMs: number;
  /** Frames a second of one connection, acknowledgements that move a cursor not counted. Default 100. */
  framesPerSecond: number;
  /** … and of all connections of one user together. Default 500. */
  userFramesPerSecond: number;
  /** Publishes a second of one tenant. Default 50000. */
  publishesPerSecond: number;
  /** Live connections of one user. Default 64. */
  connectionsPerUser: number;
  /** Live connections from one address. Default 20000. */
  connectionsPerAddress: number;
  /** Live connections of one tenant. Default 100000. */
  connectionsPerTenant: number;
  /** Connections that have not been admitted yet. Default 10000. */
  unauthenticated: number;
  /** Bytes handed to sockets and not taken yet, of all connections together. Default 134217728. */
  bufferedBytes: number;
  /** A signal is dropped for a link that has this many bytes waiting. Default 16384. */
  signalBytes: number;
  /** A node's connections count as gone when it has not been heard of for this long. Default 30000. */
  presenceLeaseMs: number;
  /** Revocations are looked for this often, beside being told over the bus. Default 4000. */
  revocationPollMs: number;
  /** Users a message is appended for at once; a longer list is work for a worker, so many a step. Default 1000. */
  fanOutPage: number;
  /** A worker that is not heard of for this long loses the work it holds. Default 10000. */
  jobLeaseMs: number;
  /** Work is looked for this often, beside being told of it. Default 1000. */
  jobPollMs: number;
  /** Entries with up to this many bytes travel to other nodes with their hint; larger ones are read there. Default 8192. */
  hintBytes: number;
  /** The engine's time is compared with the store's this often. Default 5000. */
  timeSyncMs: number;
  /** At drain, acknowledgements of what was sent are waited for so long. Default 1000. */
  drainAckMs: number;
  /** At drain, clients are asked to come back within this time, each at its own moment. Default 5000. */
  drainSpreadMs: number;
}

/** What is kept, and how long. */
export interface Retention {
  /** Entries older than this are removed. Default 2592000000 (30 days). */
  maxAgeMs: number;
  /** Entries kept a stream. Default 100000. */
  maxEntries: number;
  /** How often retention runs. Default 60000. */
  everyMs: number;
}

export interface PushOptions {
  store: Store;
  /** Verifies client tokens. Without one no client can connect. */
  authenticator?: Authenticator;
  /** Unique among the nodes of a cluster. Default: random. */
  node?: string;
  /**
   * Hooks of the host, asked in this order. The engine keeps this very array and reads it from `start` on: until then it may be
   * completed.
   */
  plugins?: readonly Plugin[];
  /**
   * What this process does: `gateway` holds connections, `worker` does what is due (scheduled messages, long audiences,
   * retention), `api` answers publishers. Publishing by this object is possible in any. Default: all of it.
   */
  roles?: readonly Role[];
  /** Joins nodes. Default: this process alone. */
  bus?: Bus;
  limits?: Partial<Limits>;
  /**
   * Proxies in front that are believed when they say, in `X-Forwarded-For`, whose request it is: IP addresses, CIDR ranges, `loopback`,
   * `private` (loopback, link-local, RFC 1918, RFC 4193, 100.64.0.0/10). Whoever is listed can give any address as its client's. Default:
   * none, the header is not looked at.
   */
  trustedProxies?: readonly string[];
  retention?: Partial<Retention>;
  /** What each tenant may do, where not all may do the same. Default: the server's limits for everybody. */
  tenants?: TenantPolicies;
  /** Notifications over providers to users none of whose devices has acknowledged. Default: none. */
  offline?: OfflineOptions;
  /** Takes down the way of messages through this node. Default: none. */
  tracer?: Tracer;
  clock?: Clock;
  random?: Random;
  ids?: Ids;
}

export interface ResolvedOptions {
  readonly store: Store;
  readonly authenticator: Authenticator;
  readonly node: string;
  /** Of this life of the node: a restart under the same name is another one. */
  readonly life: string;
  readonly roles: ReadonlySet<Role>;
  readonly plugins: readonly Plugin[];
  readonly bus: Bus;
  /** A bus was given: other nodes may listen. */
  readonly clustered: boolean;
  readonly limits: Readonly<Limits>;
  readonly trusts: Trusts;
  readonly retention: Readonly<Retention>;
  readonly tenants?: TenantPolicies;
  readonly offline?: OfflineOptions;
  readonly tracer?: Tracer;
  readonly clock: StoreClock;
  readonly random: Random;
  readonly ids: Ids;
}

export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  windowEntries: 256,
  connectTimeoutMs: 10_000,
  heartbeatMs: 25_000,
  heartbeatGraceMs: 10_000,
  retransmitAfterMs: 10_000,
  retransmitAttempts: 6,
  congestedBytes: 256 * 1024,
  slowConsumerMs: 15_000,
  frameBytes: 128 * 1024,
  hotEntries: 1024,
  hotMs: 30_000,
  hotBytes: 64 * 1024 * 1024,
  cursorFlushMs: 1000,
  intakeQueue: 20_000,
  commitBatch: 1000,
  sweepMs: 10_000,
  sweepWithoutBusMs: 2000,
  duePollMs: 500,
  framesPerSecond: 100,
  userFramesPerSecond: 500,
  publishesPerSecond: 50_000,
  connectionsPerUser: 64,
  connectionsPerAddress: 20_000,
  connectionsPerTenant: 100_000,
  unauthenticated: 10_000,
  bufferedBytes: 128 * 1024 * 1024,
  signalBytes: 16 * 1024,
  presenceLeaseMs: 30_000,
  revocationPollMs: 4_000,
  fanOutPage: 1000,
  jobLeaseMs: 10_000,
  jobPollMs: 1000,
  hintBytes: 8 * 1024,
  timeSyncMs: 5_000,
  drainAckMs: 1000,
  drainSpreadMs: 5_000,
});

export const DEFAULT_RETENTION: Readonly<Retention> = Object.freeze({
  maxAgeMs: 30 * 24 * 3600 * 1000,
  maxEntries: 100_000,
  everyMs: 60_000,
});

const OFFLINE_CURSOR_FLUSH_MS = 400;

const noTokens: Authenticator = { authenticate: () => Promise.resolve({ kind: 'invalid' }) };

export function resolveOptions(options: PushOptions): ResolvedOptions {
  const ids = options.ids ?? createIds();
  // Whoever was acknowledged is not to be notified: with providers, cursors are written sooner.
  const defaults = options.offline ? { ...DEFAULT_LIMITS, cursorFlushMs: OFFLINE_CURSOR_FLUSH_MS } : DEFAULT_LIMITS;
  const limits = withDefaults('limits', options.limits, defaults);
  if (limits.windowEntries > 1024)
    throw new PushError('INVALID', 'limits.windowEntries must be 1024 at most', { field: 'limits.windowEntries' });
  const node = options.node ?? ids.connection();
  return Object.freeze({
    store: options.store,
    authenticator: options.authenticator ?? noTokens,
    node,
    life: `${node} ${ids.connection()}`,
    roles: rolesOf(options.roles),
    plugins: options.plugins ?? [],
    bus: options.bus ?? new InProcessBusHub().join(),
    clustered: options.bus !== undefined,
    limits,
    trusts: readTrustedProxies(options.trustedProxies ?? []),
    retention: withDefaults('retention', options.retention, DEFAULT_RETENTION),
    tenants: options.tenants,
    offline: options.offline,
    tracer: options.tracer,
    clock: new StoreClock(options.clock ?? systemClock, options.store),
    random: options.random ?? systemRandom,
    ids,
  });
}

function rolesOf(given: readonly Role[] = ROLES): ReadonlySet<Role> {
  const wrong = given.find((role) => !ROLES.includes(role));
  if (given.length > 0 && wrong === undefined) return new Set(given);
  throw new PushError('INVALID', `roles must be one or more of ${ROLES.join(', ')}`, { field: 'roles' });
}

function withDefaults<T extends object>(
  group: string,
  given: Partial<T> | undefined,
  defaults: Readonly<T>,
): Readonly<T> {
  const resolved: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(given ?? {})) {
    const field = `${group}.${name}`;
    if (!(name in defaults)) throw new PushError('UNKNOWN_FIELD', `There is no option ${field}`, { field });
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
      throw new PushError('INVALID', `${field} must be a whole number of 1 or more`, { field });
    }
    resolved[name] = value;
  }
  return Object.freeze(resolved) as Readonly<T>;
}
