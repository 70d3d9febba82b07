import {
  audienceWithout,
  filterWithout,
  nameInJson,
  notificationWithout,
  renewalBucket,
  userStream,
  type Audience,
  type EntryFilter,
  type EraseOutcome,
  type EraseStep,
  type NotificationInput,
  type UserRef,
} from 'push-core';
import { stepThrough, type PhaseStep } from './erase-progress.js';
import { eraseTables } from './erase-rows.js';
import type { Row } from './sql-connection.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

type UserStep = EraseStep & UserRef;

/**
 * What tells others of the user goes first: its subscriptions and devices. Idempotency keys are known by messages that are still
 * there. The stream goes before its messages, so that at no time one of its entries has none. Notifications and marks
 * are last: somebody at work with what he read before may still have written some.
 */
export function eraseUserSteps(sql: SqlDialect, erase: UserStep): Steps<EraseOutcome> {
  const { tenant, user, limit } = erase;
  const where = { tenant, user };
  return stepThrough(
    {
      belongings: () => eraseTables(sql, ['subscription', 'follow', 'device', 'token', 'preference'], where, limit),
      keys: (after) => eraseKeys(sql, erase, after),
      appends: () => waitForAppends(sql, erase),
      entries: () => eraseStream(sql, erase),
      messages: (after) => eraseMessages(sql, erase, after),
      notifications: () => eraseNotifications(sql, erase),
      marks: () =>
        eraseTables(sql, ['cursor', 'readMark', 'presence', 'device', 'token', 'subscription'], where, limit),
      tickets: () => eraseTickets(sql, (identity) => identity.tenant === tenant && identity.user === user, user),
    },
    erase.from,
  );
}

/** Keys of messages to nobody else. */
function* eraseKeys(sql: SqlDialect, { tenant, user, at, limit }: UserStep, after: string): Steps<PhaseStep> {
  const [last]: Row[] = yield* sql.keysEnd(tenant, after, limit);
  const until = last ? textOf(last.key) : null;
  let others = 0;
  for (const row of yield* sql.keysNaming(tenant, after, until, nameInJson(user))) {
    if ((row.accepted_at as number) > at || audienceWithout(audienceOf(row), user)) continue;
    others += yield* sql.eraseRows('idempotency', { tenant, key: textOf(row.key) }, 1);
  }
  return { counts: { others }, after: until ?? undefined };
}

/** A long audience is appended page by page, by number: it stays as it is until that is over. */
function* waitForAppends(sql: SqlDialect, { tenant, user, at }: UserStep): Steps<PhaseStep> {
  const busy = yield* sql.fanOutsNaming(tenant, nameInJson(user), at);
  return busy.length > 0 ? { after: '', isBusy: true } : {};
}

function* eraseStream(sql: SqlDialect, { tenant, user, at, mark, limit }: UserStep): Steps<PhaseStep> {
  const stream = userStream(user);
  const [known]: Row[] = yield* sql.lockStream(tenant, stream);
  if (!known) return {};
  const entries = yield* sql.oldestEntries(tenant, stream, limit);
  const last = entries.at(-1)?.seq as number | undefined;
  let messages = 0;
  if (last !== undefined) {
    yield* sql.moveFirst(tenant, stream, last + 1, null);
    yield* sql.deleteEntries(tenant, stream, last + 1);
    const names = [...new Set(entries.map((row) => row.message_id as string))].sort();
    const ids = names.map((id): Pair => [tenant, id]);
    const before = yield* sql.lockMessages(ids);
    yield* sql.deleteOrphans(ids);
    yield* sql.spareMessages(ids, at);
    messages = before.length - (yield* sql.lockMessages(ids)).length;
  }
  if (entries.length < limit) {
    yield* sql.putRenewal(renewalBucket(tenant, stream), mark);
    yield* sql.eraseRows('stream', { tenant, stream }, 1);
  }
  const counts = { entries: entries.length, messages };
  return entries.length < limit ? { counts } : { counts, after: stream };
}

function* eraseNotifications(sql: SqlDialect, { tenant, user, limit }: UserStep): Steps<PhaseStep> {
  const notifications = yield* sql.eraseNotifications(tenant, user, limit);
  return { counts: { notifications }, after: notifications < limit ? undefined : user };
}

function* eraseMessages(sql: SqlDialect, { tenant, user, at, limit }: UserStep, after: string): Steps<PhaseStep> {
  const [last]: Row[] = yield* sql.messagesEnd(tenant, after, limit);
  const until = last ? (last.id as string) : null;
  let messages = 0;
  let audiences = 0;
  let others = 0;
  for (const row of yield* sql.messagesNaming(tenant, after, until, nameInJson(user))) {
    if ((row.accepted_at as number) > at) continue;
    const id = row.id as string;
    const to = audienceWithout(audienceOf(row), user);
    if (to) {
      audiences++;
      yield* shorten(sql, { tenant, id, user }, to, row.notification as string | null);
      if (isLeftOut(audienceOf(row), user)) yield* clearFilters(sql, { tenant, id, user });
    } else {
      messages += yield* sql.eraseRows('message', { tenant, id }, 1);
      others += yield* sql.eraseRows('job', { tenant, id }, limit);
      yield* sql.eraseRows('spared', { tenant, id }, 1);
    }
  }
  return { counts: { messages, audiences, others }, after: until ?? undefined };
}

/** A message to others too. */
function* shorten(
  sql: SqlDialect,
  { tenant, id, user }: UserRef & { readonly id: string },
  to: Audience,
  notification: string | null,
): Steps<void> {
  const shown = notification === null ? null : (JSON.parse(notification) as NotificationInput);
  const left = shown && JSON.stringify(notificationWithout(shown, user));
  yield* sql.setAudience(tenant, id, JSON.stringify(to), left);
}

/** Whether entries of streams that others follow leave the user out. */
const isLeftOut = ({ except }: Audience, user: string): boolean =>
  [...(except?.users ?? []), ...(except?.devices ?? []).map((one) => one.user)].includes(user);

function* clearFilters(sql: SqlDialect, { tenant, id, user }: UserRef & { readonly id: string }): Steps<void> {
  for (const row of yield* sql.filtersNaming(tenant, id, nameInJson(user))) {
    const stream = row.stream as string;
    if (stream === userStream(user)) continue;
    const filter = filterWithout(JSON.parse(row.filter as string) as EntryFilter, user);
    yield* sql.setFilter(tenant, stream, row.seq as number, filter ? JSON.stringify(filter) : null);
  }
}

/** They live for seconds, but are forgotten only when another is made. */
export function* eraseTickets(
  sql: SqlDialect,
  isMeant: (identity: Partial<UserRef>) => boolean,
  name: string,
): Steps<PhaseStep> {
  let others = 0;
  for (const row of yield* sql.ticketsNaming(nameInJson(name))) {
    if (!isMeant(JSON.parse(row.identity as string) as Partial<UserRef>)) continue;
    others += yield* sql.eraseRows('ticket', { digest: row.digest as string }, 1);
  }
  return { counts: { others } };
}

const audienceOf = (row: Row): Audience => JSON.parse(row.audience as string) as Audience;

/** A key is kept as bytes where a database would else pad it. */
const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : (value as string);
