import type { Message } from 'push-core';
import type { EraseDialect } from './erase-dialect.js';
import type { ListDialect } from './list-dialect.js';
import type { NotificationDialect } from './notification-dialect.js';
import type { Row } from './sql-connection.js';
import type { Steps } from './steps.js';

/** A message to insert. */
export interface NewMessage {
  readonly message: Message;
  readonly held: boolean;
}

/** A stream that gets `count` new entries; `age` is the `joined_at` of the first of them. */
export interface HeadMove {
  readonly tenant: string;
  readonly stream: string;
  readonly count: number;
  readonly age: number;
  /** See `renewalBucket`. */
  readonly bucket: number;
}

/** What became of a head move: the new head, and the stream's own mark where it has one. */
export interface MovedHead {
  readonly head: number;
  readonly renewal: string | null;
}

/** An entry to insert: number `rank` (from 1) of the new entries of the head move at `head`. */
export interface NewEntry {
  readonly head: number;
  readonly rank: number;
  readonly messageId: string;
  readonly thread: string | null;
  readonly joinedAt: number;
  /** JSON text. */
  readonly filter: string | null;
}

export type Pair = readonly [tenant: string, name: string];
export type DeviceKey = readonly [tenant: string, user: string, device: string];

/**
 * Every statement of the store, for one kind of database. Set-based: the number of statements does not grow with the
 * number of rows, apart from chunks the database's limits ask for (each implementation cuts its own). `at` in a row is
 * the position in the set asked about. Numbers are JavaScript numbers, JSON columns are text, absent is null.
 * Lists that are written are given in the order their rows must be locked in.
 */
export interface SqlDialect extends NotificationDialect, EraseDialect, ListDialect {
  // ---- epoch
  /** Rows of `value`; none before `initEpoch`. */
  epoch(): Steps<Row[]>;
  /** Nothing where there is one already. */
  initEpoch(epoch: string): Steps<unknown>;
  /** Rows of `value`: the epoch that this one carries on; none where the store was never restored. */
  epochBefore(): Steps<Row[]>;

  // ---- append
  /** `at, fingerprint, message_id, accepted_at` of the keys that are used. */
  usedKeys(keys: readonly Pair[]): Steps<Row[]>;
  /** Fields of a row: tenant, key, fingerprint, message id, accepted at, keep until. A key that is there fails the unit. */
  insertKeys(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** Inserts those whose id is new; answers `at, accepted_at` of those that are stored already. Ids are distinct. */
  insertMessages(messages: readonly NewMessage[]): Steps<Row[]>;
  /** `at, accepted_at, held_until` of those stored, locked until the end of the unit. */
  lockMessages(ids: readonly Pair[]): Steps<Row[]>;
  /** `held_until` becomes null. */
  releaseMessages(ids: readonly Pair[]): Steps<unknown>;
  /**
   * Moves the heads and inserts the entries; answers what became of each move, in their order. Makes streams that are
   * not there, with the mark of their bucket, and sets the age of one that had no entries. `isLast`: nothing follows it in the unit.
   */
  join(moves: readonly HeadMove[], entries: readonly NewEntry[], isLast: boolean): Steps<readonly MovedHead[]>;

  // ---- read
  /** `at, head, first, carried, renewal` of the streams that exist. */
  states(streams: readonly Pair[]): Steps<Row[]>;
  /** `at`, `seq, filter` and the message's columns without `audience`, by `at` and `seq`. A request: tenant, stream, after, limit, thread or null. */
  entries(requests: readonly (readonly unknown[])[]): Steps<Row[]>;
  /** `at`, the message's columns with `audience` and `held_until`. */
  messages(ids: readonly Pair[]): Steps<Row[]>;
  /** `at, stream, seq, renewal` */
  placesOf(ids: readonly Pair[]): Steps<Row[]>;
  /** `at, seq, renewal` of the streams the message is in. */
  placesIn(tenant: string, id: string, streams: readonly string[]): Steps<Row[]>;
  /** `stream, seq, renewal` */
  places(tenant: string, id: string): Steps<Row[]>;
  /** The columns of held messages due at `now`, oldest first, but for these tenants'. */
  due(now: number, limit: number, without: readonly string[]): Steps<Row[]>;
  /** `messages, bytes` */
  usage(tenant: string): Steps<Row[]>;

  // ---- recall
  /** `held_until, recalled_at`, locked until the end of the unit. */
  lockMessage(tenant: string, id: string): Steps<Row[]>;
  cancel(tenant: string, id: string): Steps<unknown>;
  recall(tenant: string, id: string, at: number): Steps<unknown>;
  /** `stream, seq, id, recalled_at, renewal`, by `recalled_at`. */
  recalledSince(streams: readonly Pair[], since: number): Steps<Row[]>;

  // ---- trim
  /**
   * `tenant, stream, head, first` of streams whose oldest entry joined before, but for these tenants'; the rows are locked, those locked by
   * others left out.
   */
  agedStreams(before: number, limit: number, without: readonly string[]): Steps<Row[]>;
  /** … of one tenant's. */
  agedStreamsOf(tenant: string, before: number, limit: number): Steps<Row[]>;
  /** … of streams that keep more entries than `keep`. Must not walk all streams. */
  longStreams(keep: number, limit: number): Steps<Row[]>;
  /** `seq` of the first entry from `first` on and before `until` that joined at `youngFrom` or later. */
  firstYoung(tenant: string, stream: string, first: number, until: number, youngFrom: number): Steps<Row[]>;
  /** `joined_at` */
  joinedAt(tenant: string, stream: string, seq: number): Steps<Row[]>;
  /** Answers the `message_id`s of the entries removed. */
  deleteEntries(tenant: string, stream: string, before: number): Steps<Row[]>;
  moveFirst(tenant: string, stream: string, first: number, oldestAt: number | null): Steps<unknown>;
  /** Messages without entries that are not held, and that no job is about. */
  deleteOrphans(ids: readonly Pair[]): Steps<unknown>;
  /** `tenant, id` of messages that were spared, because a job was about them: longest ago first. */
  sparedMessages(limit: number): Steps<Row[]>;
  /** Remembers those of these messages that are there and have no entries as spared at `now`, and forgets that of the others. */
  spareMessages(ids: readonly Pair[], now: number): Steps<unknown>;
  /** Answers a row for each key removed. */
  deleteKeys(keptUntilBefore: number, limit: number): Steps<Row[]>;

  // ---- cursors
  /** `at, stream, epoch, seq` */
  cursors(devices: readonly DeviceKey[]): Steps<Row[]>;
  /** Fields: tenant, stream, user, device, epoch, seq, began (0 where the move does not begin). See `CursorStore.advance`. */
  advance(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** `at, users`. A place: stream, epoch, seq. */
  reached(tenant: string, places: readonly (readonly unknown[])[]): Steps<Row[]>;
  /** `at, device`, by `at` and `device`. A request: tenant, stream, user, epoch, seq. */
  reachedBy(requests: readonly (readonly unknown[])[]): Steps<Row[]>;
  dropCursors(device: DeviceKey): Steps<unknown>;

  // ---- devices
  /** Fields: tenant, user, device, platform, tokens, locale, time zone, app version, registered at, updated at. Answers `registered_at`. */
  putDevice(fields: readonly unknown[]): Steps<Row[]>;
  /** `at` and the columns, by `at` and `device`. */
  devices(users: readonly Pair[]): Steps<Row[]>;
  /** Answers a row where there was one. */
  removeDevice(device: DeviceKey): Steps<Row[]>;

  // ---- tokens of devices
  /**
   * `at, user, device, registered_at` of the tokens that belong to a device, all of them locked until the end of the
   * unit, those that are not there as well (they are made, as nobody's: whoever locks them puts them). A key: tenant, digest.
   */
  lockTokens(keys: readonly Pair[]): Steps<Row[]>;
  /** Fields: tenant, digest, user, device, registered at. Rows that were locked. */
  putTokens(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** Those the device has, other than these. */
  dropOtherTokens(device: DeviceKey, digests: readonly string[]): Steps<unknown>;
  /** Answers `at` of those that were the device's, and registered at `before` or earlier. Fields: tenant, digest, user, device, before. */
  dropTokens(rows: readonly (readonly unknown[])[]): Steps<Row[]>;
  /** `at, device, digest, registered_at` */
  tokens(users: readonly Pair[]): Steps<Row[]>;
  /** `user`, each once, by code point. */
  tokenUsers(tenant: string, after: string, limit: number): Steps<Row[]>;

  // ---- topics
  /** Answers `user` of those that are new. */
  subscribe(tenant: string, topic: string, users: readonly string[], now: number): Steps<Row[]>;
  /** Answers `user` of those that were subscribed. */
  unsubscribe(tenant: string, topic: string, users: readonly string[]): Steps<Row[]>;
  /** `user, subscribed_at`, by code point of `user`. */
  subscribers(tenant: string, topic: string, after: string, limit: number): Steps<Row[]>;
  /** `users` */
  countSubscribers(tenant: string, topic: string): Steps<Row[]>;
  /** `at, topic, since` */
  subscriptions(users: readonly Pair[]): Steps<Row[]>;
  setFollow(device: DeviceKey, topic: string, following: boolean): Steps<unknown>;
  /** `at, topic, following` (0 or 1) */
  follows(devices: readonly DeviceKey[]): Steps<Row[]>;
  dropFollows(device: DeviceKey): Steps<unknown>;

  // ---- read marks
  /** `at, epoch, seq`, locked until the end of the unit. A key: tenant, stream, thread (`''` for all), user. */
  lockMarks(keys: readonly (readonly string[])[]): Steps<Row[]>;
  /** Fields: tenant, stream, thread, user, epoch, seq, at. One that was put since `lockMarks` found none does not move back. */
  putMarks(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** `asked, stream, thread, epoch, seq, at`, by `asked` and `at`. A request: tenant, user, since. */
  marksSince(requests: readonly (readonly unknown[])[]): Steps<Row[]>;
  /** `at, thread, filter, entries`. A request: tenant, stream, user, since, thread or null, now. `epoch`: of streams without a mark. */
  unread(requests: readonly (readonly unknown[])[], epoch: string): Steps<Row[]>;
  /** `at, users`. A place: stream, epoch, seq, thread. */
  readers(tenant: string, places: readonly (readonly unknown[])[]): Steps<Row[]>;

  /** `at` of the places that a mark covers. A place: tenant, stream, user, epoch, seq, thread (`''` for none). */
  covers(places: readonly (readonly unknown[])[]): Steps<Row[]>;

  // ---- presence
  /** Fields: tenant, user, device, connection, node, transport, at, online until or null. */
  putPresence(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** As `putPresence`, but only for the connection that is stored. */
  endPresence(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** `asked, device, node, transport, at, online_until, renewed_at, until`, by `asked` and `device`. */
  presence(tenant: string, users: readonly string[]): Steps<Row[]>;
  /** `at, node`, each once: nodes whose lease lasts beyond `now` with a connection of the user online beyond `now`. */
  holders(users: readonly Pair[], now: number): Steps<Row[]>;
  dropPresence(device: DeviceKey): Steps<unknown>;
  lease(node: string, now: number, until: number): Steps<unknown>;
  /** `node` of leases that ended at `until` or before. */
  lapsedNodes(until: number): Steps<Row[]>;
  /** What the end of the node means for its connections. */
  endConnections(node: string): Steps<unknown>;
  dropNode(node: string): Steps<unknown>;

  // ---- access
  revoke(tenant: string, user: string, at: number): Steps<unknown>;
  /** `asked, at` */
  revokedAt(users: readonly Pair[]): Steps<Row[]>;
  /** `tenant, user, at`, by `at`. */
  revokedSince(since: number): Steps<Row[]>;
  dropTickets(now: number): Steps<unknown>;
  putTicket(digest: string, identity: string, expiresAt: number): Steps<unknown>;
  /** `identity, expires_at`; removes it. */
  takeTicket(digest: string): Steps<Row[]>;

  // ---- jobs
  /** Fields: tenant, kind, id, payload, position, size, due at. Nothing where there is one of that name. */
  insertJobs(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /**
   * `at` of the steps that are the job's next (its position is `from`) and whose message (the job's id) is not recalled;
   * the message's row is locked against a recall until the end of the unit. Fields: tenant, kind, id, from, to, owner, lease until.
   */
  stepJobs(rows: readonly (readonly unknown[])[]): Steps<Row[]>;
  /** Removes those whose position has reached their size. */
  dropFinishedJobs(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** Takes and answers `tenant, kind, id, payload, position, size, due_at, attempts`; never what another transaction is taking. */
  claimJobs(
    kind: string,
    owner: string,
    now: number,
    leaseUntil: number,
    limit: number,
    busy: readonly string[],
  ): Steps<Row[]>;
  /** As `claimJobs`: each tenant's `perTenant` oldest that are due and that nobody holds, in turns of the tenants. */
  takeJobs(
    kind: string,
    owner: string,
    now: number,
    leaseUntil: number,
    limit: number,
    perTenant: number,
    without: readonly string[],
  ): Steps<Row[]>;
  /** What is held, or being taken, is left as it is. A name: tenant, kind, id. */
  hastenJobs(names: readonly (readonly string[])[], dueAt: number): Steps<unknown>;
  /** `at, due_at` of those the owner holds, locked until the end of the unit. Fields: tenant, kind, id, owner. */
  lockJobs(rows: readonly (readonly string[])[]): Steps<Row[]>;
  /** Fields: tenant, kind, id, payload, due at, owner, lease until. Rows that were locked. */
  moveJobs(rows: readonly (readonly unknown[])[]): Steps<unknown>;
  /** Rows that were locked. */
  dropJobs(names: readonly (readonly string[])[]): Steps<unknown>;
  postponeJob(tenant: string, kind: string, id: string, owner: string, dueAt: number): Steps<unknown>;
  finishJob(tenant: string, kind: string, id: string, owner: string): Steps<unknown>;
  buryJob(tenant: string, kind: string, id: string, owner: string, reason: string, now: number): Steps<unknown>;
  /** The columns of one that is not dead. */
  job(tenant: string, kind: string, id: string): Steps<Row[]>;
  /** The columns with `reason, died_at`, last first. */
  deadJobs(tenant: string, kind: string, limit: number): Steps<Row[]>;
  /** `jobs` */
  countJobs(kind: string): Steps<Row[]>;

  // ---- settings
  /** `at, value, version, updated_at` */
  settings(keys: readonly Pair[]): Steps<Row[]>;
  /** `name, value, version, updated_at` of names from `from` on and before `until`, by name. */
  settingsFrom(tenant: string, from: string, until: string): Steps<Row[]>;
  /** Answers the new `version`; nothing where `ifVersion` is given and another one is stored. */
  putSetting(tenant: string, name: string, value: string, now: number, ifVersion: number | null): Steps<Row[]>;
  /** Answers a row where there was one. */
  removeSetting(tenant: string, name: string): Steps<Row[]>;

  // ---- preferences
  putPreferences(tenant: string, user: string, preferences: string, now: number): Steps<unknown>;
  /** `at, preferences` */
  preferences(users: readonly Pair[]): Steps<Row[]>;

  // ---- time
  /** `now` in Unix milliseconds; no row where the database's time is the process's own. */
  time(): Steps<Row[]>;
}
