import { PushError, toPushError } from './errors.js';
import { Events } from './events.js';
import { CommitQueue } from './intake/commit-queue.js';
import { Intake } from './intake/intake.js';
import { Release } from './intake/release.js';
import type { DeviceRef, DeviceRegistration } from './model/device.js';
import { LIMITS } from './model/limits.js';
import { names } from './model/names.js';
import { deviceRegistrationSchema, idSchema } from './model/schemas.js';
import { createValidator } from './model/validate.js';
import { Hub } from './online/hub.js';
import { resolveOptions, type PushOptions } from './options.js';
import type { BatchItem, BatchOutcome, Push, PushStatus } from './push.js';
import { readInbox } from './receipts/read-inbox.js';
import { reportMessage } from './receipts/report-message.js';
import { Trim } from './retention/trim.js';
import type { AppendOutcome, AppendRequest } from './store/message-store.js';

const registration = createValidator<DeviceRegistration>(deviceRegistrationSchema, 'device');
const userList = createValidator<readonly string[]>(
  { type: 'array', items: idSchema, minItems: 1, maxItems: LIMITS.subscribersPerCall },
  'users',
);

/** Composes an engine out of its parts. Decides nothing itself. */
export function createPush(given: PushOptions): Push {
  const options = resolveOptions(given);
  const { store, clock, ids, limits, plugins, bus } = options;
  const events = new Events();
  const hub = new Hub(options, events);
  const committed = (requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]): void => {
    const hints = hub.committed(requests, outcomes);
    if (hints.length > 0) void bus.broadcast(hints);
    if (!events.wants('accepted')) return;
    requests.forEach(({ message }, i) => {
      const outcome = outcomes[i];
      if (outcome?.kind !== 'stored') return;
      events.emit('accepted', {
        tenant: message.tenant,
        id: message.id,
        streams: outcome.places.length,
        acceptedAt: message.acceptedAt,
      });
    });
  };
  const queue = new CommitQueue(store.messages, clock, limits, committed);
  const intake = new Intake({ queue, clock, ids, events, plugins, committed });
  const release = new Release(store.messages, queue, clock, events, limits.duePollMs);
  const trim = new Trim(store.messages, clock, events, options.retention);

  let state: PushStatus['state'] = 'new';
  let starting: Promise<void> | undefined;
  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let stopHearing = (): void => undefined;
  let trouble: string | undefined;
  events.on('trouble', ({ during }) => (trouble = during));
  events.on('accepted', () => (trouble = undefined));

  /** Publishing needs the store alone, so it is open from `start` until `drain`. */
  const accepting = (): void => {
    if (state === 'started') return;
    if (state === 'new')
      throw new PushError('DRAINING', 'This node has not started yet; call start() first', { retryAfterMs: 1000 });
    throw new PushError('DRAINING', 'This node is shutting down; try another one', { retryAfterMs: 1000 });
  };
  const ref = (device: DeviceRef): DeviceRef => ({
    tenant: names.tenant(device.tenant),
    user: names.user(device.user),
    device: names.device(device.device),
  });

  async function start(): Promise<void> {
    await store.open();
    stopHearing = bus.onHints((hints) => hub.hinted(hints));
    hub.start();
    release.start();
    trim.start();
    state = 'started';
  }

  async function drain(): Promise<void> {
    state = 'draining';
    await Promise.all([release.stop(), trim.stop()]);
    await queue.settled();
    await hub.drain();
  }

  async function close(): Promise<void> {
    if (starting) await starting.catch(() => undefined);
    try {
      if (state === 'started' || state === 'draining') await (draining ??= drain());
    } finally {
      state = 'closed';
      stopHearing();
      await hub.close();
      await bus.close();
      await store.close();
    }
  }

  const publish: Push['publish'] = async (tenant, input, extras) => {
    accepting();
    return intake.publish(names.tenant(tenant), input, extras);
  };

  return {
    node: options.node,
    start: () => (starting ??= start()),
    drain: () => (state === 'started' ? (draining ??= drain()) : (draining ?? Promise.resolve())),
    close: () => (closing ??= close()),
    publish,
    async publishBatch(tenant, given) {
      accepting();
      const items: readonly BatchItem[] = Array.isArray(given) ? given : [];
      if (items.length === 0 || items.length > LIMITS.batchMessages) {
        throw new PushError('INVALID', `"messages" must be a list of 1–${LIMITS.batchMessages} publishes`, {
          field: 'messages',
        });
      }
      return Promise.all(items.map((item) => publishItem(tenant, item)));
    },
    async message(tenant, id) {
      await hub.book.flush();
      return reportMessage(store, names.tenant(tenant), id, clock.now());
    },
    inbox: async (tenant, user, query = {}) => readInbox(store.messages, names.tenant(tenant), names.user(user), query),
    async putDevice(device, given_) {
      const { platform, tokens = [], locale, timeZone, appVersion } = registration(given_);
      const now = clock.now();
      const key = ref(device);
      const stored = await store.devices.put({
        ...key,
        platform,
        tokens,
        locale,
        timeZone,
        appVersion,
        registeredAt: now,
        updatedAt: now,
      });
      await hub.meet(key);
      return stored;
    },
    devices: async (tenant, user) => store.devices.list(names.tenant(tenant), names.user(user)),
    async removeDevice(device) {
      const key = ref(device);
      hub.disconnect(key.tenant, key.user, key.device);
      await hub.book.flush();
      return store.devices.remove(key);
    },
    async subscribe(tenant, topic, users) {
      const added = await store.topics.subscribe(
        names.tenant(tenant),
        names.topic(topic),
        userList(users),
        clock.now(),
      );
      // All of them: whoever was added by an earlier call whose answer got lost has to hear of it too.
      await hub.refresh(tenant, users);
      return added;
    },
    async unsubscribe(tenant, topic, users) {
      const removed = await store.topics.unsubscribe(names.tenant(tenant), names.topic(topic), userList(users));
      await hub.refresh(tenant, users);
      return removed;
    },
    subscribers: async (tenant, topic, page = {}) =>
      store.topics.subscribers(names.tenant(tenant), names.topic(topic), page.after ?? '', page.limit ?? 100),
    accept: (link, arrival) => hub.accept(link, arrival),
    on: (name, listener) => events.on(name, listener),
    status: () => ({ state, connections: hub.connectionCount, intakeQueue: queue.length, trouble }),
  };

  async function publishItem(tenant: string, item: BatchItem): Promise<BatchOutcome> {
    try {
      if (typeof item !== 'object' || item === null) throw new PushError('INVALID', 'Each message must be an object');
      const { idempotencyKey, ...input } = item;
      return { ok: true, result: await publish(tenant, input, { idempotencyKey }) };
    } catch (error) {
      return { ok: false, error: toPushError(error) };
    }
  }
}
