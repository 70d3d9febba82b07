import type { Clock } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { Ids, Random } from '../ids/ids.js';
import { userOf } from '../model/stream.js';
import type { ProviderToken, UserRef } from '../model/device.js';
import type { Message } from '../model/message.js';
import type { Counters } from '../meters.js';
import type { Plugin } from '../plugin.js';
import type { AppendOutcome, AppendRequest } from '../store/message-store.js';
import type { NewJob } from '../store/job-store.js';
import type { Store } from '../store/store.js';
import type { Tenants } from '../tenants/tenants.js';
import { createTokenShelf } from '../providers/token-shelf-stored.js';
import { Breath } from './breath.js';
import { checkTokens } from './check-addresses.js';
import { Decider } from './decider.js';
import { Dispatcher } from './dispatcher.js';
import { DueMessages } from './due-messages.js';
import type { Notifications, OfflineOptions } from './notifications.js';
import { NotificationDesk } from './notification-desk.js';
import { NotifyHooks } from './notify-hooks.js';
import { OFFLINE, offlineJob, offlineRef } from './offline-job.js';
import { OfflineWorker } from './offline-worker.js';
import { ProviderList } from './provider-list.js';
import { Retractor } from './retractor.js';
import { SettleQueue } from './settle-queue.js';
import { TenantDesks } from './tenant-desk.js';
import { WaitingRows } from './waiting-rows.js';

export const OFFLINE_DEFAULTS = Object.freeze({
  waitMs: 3000,
  pollMs: 200,
  sendDeadlineMs: 10_000,
  page: 32,
  inFlight: 1000,
  maxAttempts: 8,
  settingsMs: 5000,
  keepMs: 30 * 24 * 3600_000,
});

export interface OfflineParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly events: Events;
  readonly plugins: readonly Plugin[];
  readonly tenants: Tenants;
  readonly counters: Counters;
  /** Of this life of the node. */
  readonly owner: string;
  readonly jobLeaseMs: number;
  /** An acknowledgement is in the store so long after it was given, on whatever node. */
  readonly cursorFlushMs: number;
  readonly isWorker: boolean;
  /** What this node knows of presence and acknowledgements is in the store. */
  readonly written: () => Promise<unknown>;
  /** Other nodes' workers have something to do. */
  readonly tellWorkers: () => void;
}

/** A device has a few tokens, each with its deadline, one after the other; then the store. */
const LEASE_SENDS = 4;
const RETRACT_AFTER_MS = 500;
/** A message waits for a few rounds of others, and none of them may take so long that its job's lease ends meanwhile. */
const ANSWERS_A_LEASE = 10;

/**
 * Offline notifications of one engine. What comes in: stored messages, moves of cursors and read marks, recalls. What goes out: sends and
 * retractions by providers. Everything in between is in the store.
 */
export class Offline {
  readonly desk: Notifications & { stop(): void };
  readonly waitMs: number;
  /** Throws PushError `INVALID` with the field's name. */
  readonly checkTokens: (tokens: readonly ProviderToken[]) => Promise<void>;
  private readonly desks: TenantDesks;
  private readonly factories: ProviderList;
  private readonly worker: OfflineWorker;
  private readonly retractor: Retractor;
  private readonly settle: SettleQueue;
  private readonly dispatcher: Dispatcher;
  private readonly marginMs: number;
  private readonly hastening = new Set<Promise<unknown>>();

  constructor(
    private readonly options: OfflineOptions,
    private readonly parts: OfflineParts,
  ) {
    const { store, clock, random, ids, events, plugins, counters, owner, jobLeaseMs, tenants } = parts;
    const settled = { ...OFFLINE_DEFAULTS, ...definedOf(options) };
    const factories = (this.factories = new ProviderList(options.providers));
    this.waitMs = settled.waitMs;
    this.marginMs = parts.cursorFlushMs + 50;
    this.desks = new TenantDesks({
      settings: store.settings,
      factories,
      http: options.http,
      shelf: createTokenShelf({ store: store.settings, clock }),
      clock,
      random,
      ids,
      events,
      settingsMs: settled.settingsMs,
      sendDeadlineMs: settled.sendDeadlineMs,
    });
    counters.countBreakers = () => this.desks.breakers();
    const leaseMs = settled.sendDeadlineMs * LEASE_SENDS + jobLeaseMs;
    const breath = new Breath(clock, counters);
    this.settle = new SettleQueue(store.notifications, clock, events, owner, breath);
    this.dispatcher = new Dispatcher(
      store,
      clock,
      random,
      counters,
      this.settle,
      settled.maxAttempts,
      settled.inFlight,
      tenants.weightOf,
      () => this.worker.nudge(),
    );
    const hooks = new NotifyHooks(plugins, clock, events, {
      answerMs: Math.ceil(jobLeaseMs / ANSWERS_A_LEASE),
      maxAttempts: settled.maxAttempts,
    });
    const { desks, dispatcher, settle } = this;
    const decider = new Decider(store, clock, desks, dispatcher, settle, hooks, owner, leaseMs, parts.written);
    const due = new DueMessages(store, clock, decider, owner, {
      page: settled.page,
      jobLeaseMs,
      waitMs: settled.waitMs,
      marginMs: this.marginMs,
      take: settled.page * 4,
      takePerTenant: settled.page,
      weightOf: tenants.weightOf,
      suspended: () => tenants.suspended(),
      isFull: dispatcher.isFull,
      full: () => dispatcher.full(),
    });
    const without = () => [...tenants.suspended(), ...dispatcher.full()];
    const shares = { claim: settled.page * 2, claimPerTenant: settled.page, leaseMs, without };
    const rows = new WaitingRows(store, clock, decider, this.settle, owner, shares, () => this.worker.nudge());
    this.worker = new OfflineWorker(clock, events, due, rows, this.dispatcher, store.notifications, settled, breath);
    this.retractor = new Retractor(store, clock, events, this.desks, RETRACT_AFTER_MS);
    this.desk = new NotificationDesk(
      store,
      clock,
      events,
      this.desks,
      factories,
      options.guard,
      breath,
      settled.settingsMs,
      () => this.nudge(),
    );
    this.checkTokens = (tokens) => checkTokens(tokens, factories, options.guard);
  }

  /** What is to be stored along with a message that joins its streams now. */
  readonly jobsFor = (message: Message): readonly NewJob[] | undefined => {
    const job = offlineJob(message, this.waitMs, this.marginMs);
    return job && [job];
  };

  start(): void {
    this.factories.settle();
    // Whoever asked before may have been shown less than there is now.
    this.desks.forgetAll();
    if (this.parts.isWorker) this.worker.start();
  }

  /** Work in hand is finished; what is not goes back. */
  async stop(): Promise<void> {
    this.desk.stop();
    await Promise.all([this.worker.stop(), this.retractor.stop()]);
    await Promise.all(this.hastening);
    await this.dispatcher.settled();
    await this.settle.settled();
  }

  async close(): Promise<void> {
    await this.desks.close();
    await this.options.http.close();
  }

  nudge(): void {
    if (this.parts.isWorker) this.worker.nudge();
    else this.parts.tellWorkers();
  }

  /** Messages were stored: those with a recipient whom no node holds a connection of are decided about at once. */
  committed(requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]): void {
    const fresh = requests.filter(
      ({ jobs, when }, i) =>
        when !== 'page' && outcomes[i]?.kind === 'stored' && jobs?.some(({ kind }) => kind === OFFLINE),
    );
    if (fresh.length === 0) return;
    const done: Promise<unknown> = this.hasten(fresh)
      .catch((error: unknown) => this.parts.events.emit('trouble', { during: 'look for connected users', error }))
      .finally(() => this.hastening.delete(done));
    this.hastening.add(done);
  }

  /** Cursors or read marks moved: what was shown may have to be taken back. */
  moved(users: Iterable<UserRef>): void {
    this.retractor.moved(users);
  }

  recalled(message: { readonly tenant: string; readonly id: string }): void {
    this.retractor.recall(message);
  }

  private async hasten(requests: readonly AppendRequest[]): Promise<void> {
    const { store, clock } = this.parts;
    const users = new Map<string, UserRef>();
    for (const { message, targets } of requests) {
      for (const { stream } of targets) {
        const user = userOf(stream);
        if (user !== undefined) users.set(`${message.tenant} ${user}`, { tenant: message.tenant, user });
      }
    }
    await this.parts.written();
    const now = clock.now();
    const holders = users.size === 0 ? [] : await store.presence.holders([...users.values()], now);
    const away = new Set([...users.keys()].filter((_, i) => (holders[i]?.length ?? 0) === 0));
    const hasten = requests.filter(
      ({ message, targets }) =>
        message.options.offline?.mode === 'always' ||
        // A long list that is spread as work, and audiences nobody keeps a list of: somebody is sure to be away.
        targets.length === 0 ||
        targets.some(({ stream }) => {
          const user = userOf(stream);
          return user === undefined || away.has(`${message.tenant} ${user}`);
        }),
    );
    if (hasten.length === 0) return;
    await store.jobs.hasten(
      hasten.map(({ message }) => offlineRef(message)),
      now,
    );
    this.nudge();
  }
}

function definedOf(options: OfflineOptions): Partial<typeof OFFLINE_DEFAULTS> {
  const known = Object.keys(OFFLINE_DEFAULTS) as (keyof typeof OFFLINE_DEFAULTS)[];
  return Object.fromEntries(known.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
