import { Timekeeper } from './clock/timekeeper.js';
import { PushError, toPushError } from './errors.js';
import { Events } from './events.js';
import { ERASE_USER } from './erase/erase-job.js';
import { erasingOf } from './erase/erasing.js';
import { CommitQueue } from './intake/commit-queue.js';
import { Intake } from './intake/intake.js';
import { FanOut } from './intake/fan-out.js';
import { FAN_OUT } from './intake/spread.js';
import { Release } from './intake/release.js';
import { ListDesk } from './lists/list-desk.js';
import type { DeviceRegistration } from './model/device.js';
import { add } from './meters.js';
import { LIMITS } from './model/limits.js';
import { names, namesOfDevice as ref, namesOfReader as person } from './model/names.js';
import { deviceRegistrationSchema, idSchema, positionSchema } from './model/schemas.js';
import { createValidator } from './model/validate.js';
import { acknowledgeFor } from './online/acknowledge.js';
import { OFFLINE } from './offline/offline-job.js';
import { notificationsOff } from './offline/notification-desk.js';
import { Offline, OFFLINE_DEFAULTS } from './offline/offline.js';
import { offlineParts } from './offline/offline-parts.js';
import { Hub } from './online/hub.js';
import { meet } from './online/meet.js';
import { resolveOptions, type PushOptions } from './options.js';
import type { BatchItem, BatchOutcome, MarkRequest, Push, PushStatus } from './push.js';
import { explainMessage } from './receipts/explain.js';
import { readEntries } from './receipts/read-entries.js';
import { readInbox } from './receipts/read-inbox.js';
import { userPresence } from './receipts/user-presence.js';
import { reportMessage } from './receipts/report-message.js';
import { Trim } from './retention/trim.js';
import type { AppendOutcome, AppendRequest } from './store/message-store.js';
import { TenantRules } from './tenants/tenant-rules.js';
import { clientAddress } from './transports/client-address.js';

const registration = createValidator<DeviceRegistration>(deviceRegistrationSchema, 'device');
const position = createValidator<MarkRequest>(positionSchema, 'body');
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
  const isWorker = options.roles.has('worker');
  const offline = options.offline && new Offline(options.offline, offlineParts(options, hub, events, isWorker));
  const jobsFor = offline?.jobsFor ?? (() => undefined);
  const committed = (requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]): void => {
    hub.committed(requests, outcomes);
    offline?.committed(requests, outcomes);
    if (requests.some(({ job, when }, i) => job && when !== 'page' && outcomes[i]?.kind === 'stored')) work();
    const wanted = events.wants('accepted');
    requests.forEach(({ message, when, job }, i) => {
      const outcome = outcomes[i];
      // It was accepted when it was stored; joining its streams later is no news of it.
      if (outcome?.kind !== 'stored' || when === 'release' || when === 'page') return;
      hub.counters.accept(message.tenant);
      const { tenant, id, acceptedAt } = message;
      if (wanted)
        events.emit('accepted', {
          tenant,
          id,
          streams: outcome.places.length + (job && 'size' in job ? job.size : 0),
          acceptedAt,
          places: outcome.places,
        });
    });
  };
  const { tenants } = hub;
  const queue = new CommitQueue(store.messages, clock, limits, tenants.weightOf, committed);
  const rules = new TenantRules(options, hub, events);
  const { fanOutPage } = limits;
  const intake = new Intake({
    queue,
    clock,
    ids,
    events,
    plugins,
    fanOutPage,
    committed,
    jobsFor,
    signal: (hint) => hub.signal(hint),
    judge: rules.gate.judge,
    tracer: options.tracer,
  });
  const release = new Release(store.messages, queue, clock, events, limits.duePollMs, fanOutPage, jobsFor, () =>
    tenants.suspended(),
  );
  const fanOut = new FanOut(store, clock, events, limits, options.life, tenants.weightOf, committed);
  const timekeeper = new Timekeeper(clock, limits.timeSyncMs, (error) =>
    error === undefined ? (trouble = undefined) : events.emit('trouble', { during: 'look at the store', error }),
  );
  hub.onWork = (kind) => {
    if (kind === FAN_OUT) fanOut.nudge();
    else if (kind === OFFLINE) offline?.nudge();
    else if (kind === ERASE_USER) eraseWorker.nudge();
  };
  if (offline) hub.onMoved = (users) => offline.moved(users);
  const work = (): void => {
    if (isWorker) fanOut.nudge();
    else hub.tellOthers([{ kind: 'work', work: FAN_OUT }]);
  };
  const trim = new Trim(store.messages, clock, events, options.retention, () => rules.watch.exceptions());

  const { eraser, worker: eraseWorker } = erasingOf(options, hub, events, queue);

  let state: PushStatus['state'] = 'new';
  let starting: Promise<void> | undefined;
  let draining: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let stopHearing = (): void => undefined;
  let trouble: string | undefined;
  events.on('trouble', ({ during }) => (trouble = during));
  events.on('accepted', () => (trouble = undefined));
  events.on('failed', ({ state, provider = 'none', reason }) => {
    if (state === 'dead') add(hub.counters.dead, `${provider} ${reason}`, 1);
  });

  /** Publishing needs the store alone, so it is open from `start` until `drain`. */
  const accepting = (): void => {
    if (state === 'started') return;
    if (state === 'new')
      throw new PushError('DRAINING', 'This node has not started yet; call start() first', { retryAfterMs: 1000 });
    throw new PushError('DRAINING', 'This node is shutting down; try another one', { retryAfterMs: 1000 });
  };
  async function start(): Promise<void> {
    await store.open();
    await timekeeper.start();
    await rules.watch.start();
    stopHearing = bus.onHints((hints) => hub.hinted(hints));
    await bus.open(options.life);
    if (options.roles.has('gateway')) hub.start();
    if (isWorker) for (const one of [release, trim, fanOut, eraseWorker]) one.start();
    offline?.start();
    state = 'started';
  }

  async function drain(): Promise<void> {
    state = 'draining';
    await Promise.all([release.stop(), trim.stop(), fanOut.stop(), rules.watch.stop(), eraseWorker.stop()]);
    await queue.settled();
    await offline?.stop();
    await hub.drain();
  }

  async function close(): Promise<void> {
    if (starting) await starting.catch(() => undefined);
    try {
      if (state === 'started' || state === 'draining') await (draining ??= drain());
    } finally {
      state = 'closed';
      stopHearing();
      timekeeper.stop();
      await rules.watch.stop();
      await hub.close();
      await offline?.close();
      await bus.close();
      await store.close();
    }
  }

  const publish: Push['publish'] = async (tenant, input, extras) => {
    accepting();
    const checked = names.tenant(tenant);
    const asked = rules.pass(checked);
    if (asked) await asked;
    return intake.publish(checked, input, extras);
  };

  return {
    node: options.node,
    start: () =>
      (starting ??= start().catch((error: unknown) => {
        starting = undefined;
        throw toPushError(error);
      })),
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
    async explain(tenant, id, user) {
      await hub.book.flush();
      const waitMs = offline?.waitMs ?? OFFLINE_DEFAULTS.waitMs;
      return explainMessage(store, names.tenant(tenant), id, names.user(user), clock.now(), waitMs);
    },
    notifications: offline?.desk ?? notificationsOff,
    inbox: async (tenant, user, query = {}) =>
      readInbox(store, names.tenant(tenant), names.user(user), query, clock.now()),
    entries: async (tenant, query) => readEntries(store, names.tenant(tenant), query),
    async putDevice(device, given_) {
      const { platform, tokens = [], locale, timeZone, appVersion } = registration(given_);
      const now = clock.now();
      const key = ref(device);
      await offline?.checkTokens(tokens);
      const { device: stored, movedFrom } = await store.devices.put({
        ...key,
        platform,
        tokens,
        locale,
        timeZone,
        appVersion,
        registeredAt: now,
        updatedAt: now,
      });
      if (movedFrom.length > 0) events.emit('tokens_moved', { ...key, from: movedFrom });
      await meet(hub, key);
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
      hub.tellOthers([{ kind: 'subscriptions', tenant, users }]);
      return added;
    },
    async unsubscribe(tenant, topic, users) {
      const removed = await store.topics.unsubscribe(names.tenant(tenant), names.topic(topic), userList(users));
      await hub.refresh(tenant, users);
      hub.tellOthers([{ kind: 'subscriptions', tenant, users }]);
      return removed;
    },
    subscribers: async (tenant, topic, page = {}) =>
      store.topics.subscribers(names.tenant(tenant), names.topic(topic), page.after ?? '', page.limit ?? 100),
    async recall(tenant, id) {
      const at = clock.now();
      const outcome = await store.messages.recall(names.tenant(tenant), id, at);
      if (outcome.kind === 'missing') throw new PushError('NOT_FOUND', 'There is no such message');
      if (outcome.kind === 'recalled') {
        hub.recalled({ kind: 'recall', tenant, id, places: outcome.places });
        offline?.recalled({ tenant, id });
      }
      events.emit('recalled', { tenant, id, state: outcome.kind });
      return { id, state: outcome.kind };
    },
    acknowledge: async (device, stream, seq) => {
      position({ s: stream, seq });
      return acknowledgeFor(hub, ref(device), stream, seq);
    },
    markRead: async (reader, mark) => hub.readBook.mark(person(reader), position(mark)),
    unread: async (reader) => hub.readBook.unread(person(reader)),
    async presence(tenant, given) {
      const users = userList(given);
      await hub.presence.flush();
      const devices = await store.presence.load(names.tenant(tenant), users, clock.now());
      return users.map((user, i) => userPresence(user, devices[i] ?? []));
    },
    async disconnect(tenant, user) {
      const revocation = { tenant: names.tenant(tenant), user: names.user(user), at: clock.now() };
      await store.access.revoke(revocation);
      hub.revoked(tenant, user, revocation.at);
      hub.tellOthers([{ kind: 'revoked', ...revocation }]);
    },
    async eraseUser(tenant, user) {
      accepting();
      return eraser.erase({ tenant: names.tenant(tenant), user: names.user(user) });
    },
    async eraseTenant(tenant) {
      accepting();
      return eraser.erase({ tenant: names.tenant(tenant) });
    },
    lists: new ListDesk({ store, clock, written: () => hub.written(), idsTellTime: given.ids === undefined }),
    quota: rules.quota,
    tenantChanged: rules.changed,
    identify: (credentials, device) => hub.entrance.identify(credentials, device),
    issueTicket: (token, device) => hub.entrance.issueTicket(token, device),
    refusal: (address) => hub.refusal(address),
    addressOf: (request) => clientAddress(request, options.trusts),
    accept: (link, arrival) => hub.accept(link, arrival),
    on: (name, listener) => events.on(name, listener),
    meters: hub.counters,
    now: () => clock.now(),
    status: () => ({ state, connections: hub.connectionCount, intakeQueue: queue.length, trouble, bus: bus.status() }),
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
