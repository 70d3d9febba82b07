import { PushError } from '../../errors.js';
import type { Store } from '../../store/store.js';
import type { Dice } from './dice.js';
import type { Faults } from './faults.js';
import type { Timeline } from './timeline.js';

/** One life of the server, as its store sees it. */
export interface Life {
  readonly dead: boolean;
  die(cause: string): void;
  fault(name: string): void;
}

type Fate = 'well' | 'error before' | 'error after' | 'death before' | 'death after';

/**
 * The store as one life of the server reaches it. Every call can fail before or after it took effect, be slow, or be
 * the last thing the process did; to a dead process nothing is answered, and what it had asked for may still happen.
 */
export class StoreAccess {
  private closed = false;

  constructor(
    private readonly life: Life,
    private readonly timeline: Timeline,
    private readonly dice: Dice,
    private readonly faults: () => Faults,
  ) {}

  to(inner: Store): Store {
    const through =
      <A extends unknown[], R>(name: string, call: (...given: A) => Promise<R>) =>
      (...given: A): Promise<R> =>
        this.pass(name, () => call(...given));
    const { messages, cursors, devices, topics, reads, presence, access, jobs } = inner;
    const { notifications, settings, preferences, erase, lists } = inner;
    return {
      messages: {
        append: through('append', (requests) => messages.append(requests)),
        read: through('read', (requests) => messages.read(requests)),
        states: through('states', (streams) => messages.states(streams)),
        find: through('find', (tenant, id) => messages.find(tenant, id)),
        findAll: through('find all', (ids) => messages.findAll(ids)),
        placesIn: through('placesIn', (message, streams) => messages.placesIn(message, streams)),
        due: through('due', (now, limit, without) => messages.due(now, limit, without)),
        recall: through('recall', (tenant, id, at) => messages.recall(tenant, id, at)),
        recalledSince: through('recalledSince', (streams, since) => messages.recalledSince(streams, since)),
        trim: through('trim', (request) => messages.trim(request)),
        usage: through('usage', (tenant) => messages.usage(tenant)),
      },
      cursors: {
        load: through('load', (devices) => cursors.load(devices)),
        advance: through('advance', (moves) => cursors.advance(moves)),
        reachedBy: through('reachedBy', (asked) => cursors.reachedBy(asked)),
        reached: through('reached', (tenant, places) => cursors.reached(tenant, places)),
      },
      devices: {
        put: through('put', (device) => devices.put(device)),
        list: through('list', (tenant, user) => devices.list(tenant, user)),
        of: through('devices of', (users) => devices.of(users)),
        users: through('users', (tenant, after, limit) => devices.users(tenant, after, limit)),
        dropTokens: through('dropTokens', (tokens) => devices.dropTokens(tokens)),
        remove: through('remove', (device) => devices.remove(device)),
      },
      topics: {
        subscribe: through('subscribe', (tenant, topic, users, now) => topics.subscribe(tenant, topic, users, now)),
        unsubscribe: through('unsubscribe', (tenant, topic, users) => topics.unsubscribe(tenant, topic, users)),
        subscribers: through('subscribers', (tenant, topic, after, limit) =>
          topics.subscribers(tenant, topic, after, limit),
        ),
        count: through('count', (tenant, topic) => topics.count(tenant, topic)),
        subscriptions: through('subscriptions', (users) => topics.subscriptions(users)),
        setFollow: through('setFollow', (device, follow) => topics.setFollow(device, follow)),
        follows: through('follows', (devices) => topics.follows(devices)),
      },
      reads: {
        advance: through('advance marks', (marks) => reads.advance(marks)),
        changedSince: through('changedSince', (requests) => reads.changedSince(requests)),
        unread: through('unread', (requests) => reads.unread(requests)),
        covers: through('covers', (asked) => reads.covers(asked)),
        readers: through('readers', (tenant, places) => reads.readers(tenant, places)),
      },
      presence: {
        record: through('record', (moves) => presence.record(moves)),
        lease: through('lease', (node, now, until) => presence.lease(node, now, until)),
        release: through('release node', (node) => presence.release(node)),
        load: through('load presence', (tenant, users, now) => presence.load(tenant, users, now)),
        holders: through('holders', (users, now) => presence.holders(users, now)),
      },
      access: {
        revoke: through('revoke', (revocation) => access.revoke(revocation)),
        revokedAt: through('revokedAt', (users) => access.revokedAt(users)),
        revokedSince: through('revokedSince', (since) => access.revokedSince(since)),
        putTicket: through('putTicket', (ticket, now) => access.putTicket(ticket, now)),
        takeTicket: through('takeTicket', (digest) => access.takeTicket(digest)),
      },
      jobs: {
        claim: through('claim', (request) => jobs.claim(request)),
        take: through('take', (request) => jobs.take(request)),
        hasten: through('hasten', (all, dueAt) => jobs.hasten(all, dueAt)),
        postpone: through('postpone', (job, owner, dueAt) => jobs.postpone(job, owner, dueAt)),
        finish: through('finish', (job, owner) => jobs.finish(job, owner)),
        finishAll: through('finishAll', (all, owner) => jobs.finishAll(all, owner)),
        bury: through('bury', (job, owner, reason, now) => jobs.bury(job, owner, reason, now)),
        find: through('find job', (job) => jobs.find(job)),
        dead: through('dead jobs', (tenant, kind, limit) => jobs.dead(tenant, kind, limit)),
        pending: through('pending', (kind) => jobs.pending(kind)),
      },
      notifications: {
        decide: through('decide', (steps, now) => notifications.decide(steps, now)),
        claim: through('claim notifications', (request) => notifications.claim(request)),
        settle: through('settle', (rows, owner, now) => notifications.settle(rows, owner, now)),
        find: through('find notifications', (tenant, id, page) => notifications.find(tenant, id, page)),
        count: through('count notifications', (tenant, ids) => notifications.count(tenant, ids)),
        outstanding: through('outstanding', (users, since) => notifications.outstanding(users, since)),
        sentSince: through('sentSince', (asked) => notifications.sentSince(asked)),
        recent: through('recent', (asked) => notifications.recent(asked)),
        mark: through('mark', (marks) => notifications.mark(marks)),
        byProviderId: through('byProviderId', (tenant, provider, id) =>
          notifications.byProviderId(tenant, provider, id),
        ),
        dead: through('dead notifications', (tenant, page) => notifications.dead(tenant, page)),
        replay: through('replay', (tenant, keys, now) => notifications.replay(tenant, keys, now)),
        hasten: through('hasten', (tenant, provider, reasons, now) =>
          notifications.hasten(tenant, provider, reasons, now),
        ),
        purge: through('purge', (tenant, keys) => notifications.purge(tenant, keys)),
        pending: through('pending notifications', () => notifications.pending()),
        trim: through('trim notifications', (before, limit) => notifications.trim(before, limit)),
      },
      settings: {
        get: through('get settings', (keys) => settings.get(keys)),
        list: through('list settings', (tenant, prefix) => settings.list(tenant, prefix)),
        put: through('put setting', (key, value, now, ifVersion) => settings.put(key, value, now, ifVersion)),
        remove: through('remove setting', (key) => settings.remove(key)),
      },
      preferences: {
        put: through('put preferences', (user, given, now) => preferences.put(user, given, now)),
        load: through('load preferences', (users) => preferences.load(users)),
      },
      erase: {
        begin: through('begin to erase', (given) => erase.begin(given)),
        step: through('erase', (given) => erase.step(given)),
        end: through('end to erase', (given) => erase.end(given)),
        forget: through('forget the erased', (before) => erase.forget(before)),
      },
      lists: {
        messages: through('list messages', (request) => lists.messages(request)),
        users: through('list users', (request) => lists.users(request)),
        topics: through('list topics', (request) => lists.topics(request)),
        cursors: through('list cursors', (user) => lists.cursors(user)),
      },
      time: through('time', (now) => inner.time(now)),
      open: () => Promise.resolve(),
      close: () => {
        this.closed = true;
        return Promise.resolve();
      },
    };
  }

  private pass<R>(name: string, run: () => Promise<R>): Promise<R> {
    if (this.life.dead) return new Promise<R>(() => {});
    if (this.closed) return Promise.reject(unavailable(`${name} after close`));
    const faults = this.faults();
    const fate = this.draw(faults);
    const slow = this.dice.chance(faults.storeSlow) ? this.dice.int(100, 4000) : 0;
    if (slow > 0) this.life.fault('slow store');
    const latency = faults.storeLatencyMs > 0 ? this.dice.int(0, faults.storeLatencyMs) : 0;
    const beforeMs = slow > 0 && this.dice.chance(0.5) ? slow : latency >> 1;
    const afterMs = slow > 0 && beforeMs !== slow ? slow : latency >> 1;
    const outlives = slow > 0 && this.dice.chance(0.5);

    return new Promise<R>((resolve, reject) => {
      const answer = (give: () => void) =>
        this.in(afterMs, () => {
          if (!this.life.dead) give();
        });
      const fail = () => {
        this.life.fault(`store ${fate}`);
        answer(() => reject(unavailable(`${name}: ${fate}`)));
      };
      this.in(beforeMs, () => {
        if (this.life.dead && !outlives) return;
        if (fate === 'death before') return this.life.die(`before ${name}`);
        if (fate === 'error before') return fail();
        run().then(
          (value) => {
            if (fate === 'death after') this.life.die(`after ${name}`);
            else if (fate === 'error after') fail();
            else answer(() => resolve(value));
          },
          (error: Error) => answer(() => reject(error)),
        );
      });
    });
  }

  private in(delayMs: number, run: () => void): void {
    if (delayMs === 0) run();
    else this.timeline.after(delayMs, run);
  }

  private draw(faults: Faults): Fate {
    if (this.dice.chance(faults.deathAtStore)) return this.dice.chance(0.5) ? 'death before' : 'death after';
    if (this.dice.chance(faults.storeErrorBefore)) return 'error before';
    return this.dice.chance(faults.storeErrorAfter) ? 'error after' : 'well';
  }
}

const unavailable = (what: string) => new PushError('STORE_UNAVAILABLE', `Simulated: ${what}`);
