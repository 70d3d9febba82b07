import {
  CURSORS_LISTED,
  MESSAGES_LOOKED_AT,
  SUBSCRIBERS_COUNTED,
  userStream,
  type ListedCursor,
  type ListedMessage,
  type ListedTopic,
  type ListedUser,
  type ListStore,
  type MessagesPage,
  type MessagesRequest,
  type NamesRequest,
  type UserRef,
} from 'push-core';
import { toMessage } from './message-row.js';
import { distinctNames, FIRST, LAST, nameRange, topicRanges } from './name-ranges.js';
import type { Row } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

/** Messages looked at with one statement; the first time about as many as are wanted. */
const LOOK = 500;

export class TypeOrmLists implements ListStore {
  constructor(private readonly access: StoreAccess) {}

  async messages(request: MessagesRequest): Promise<MessagesPage> {
    const { connection } = await this.access.opened();
    return connection.query(() => messageSteps(this.access.sql, request));
  }

  async users({ tenant, prefix, after, limit }: NamesRequest): Promise<readonly ListedUser[]> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    const { from, until } = nameRange(prefix, after);
    return connection.query(function* (): Steps<ListedUser[]> {
      const found = [
        ...(yield* sql.deviceUsers(tenant, from, until, limit)).map(({ user }) => user as string),
        ...(yield* sql.presenceUsers(tenant, from, until, limit)).map(({ user }) => user as string),
        ...(yield* sql.streamsBetween(tenant, userStream(from || FIRST), userStream(until), limit)).map(nameOfOwner),
      ];
      const users = distinctNames(found).slice(0, limit);
      const [first, last] = [users[0], users.at(-1)];
      if (first === undefined || last === undefined) return [];
      const counted = yield* sql.countDevices(tenant, first, last);
      const devices = new Map(counted.map((row) => [row.user as string, row.devices as number]));
      return users.map((user) => ({ user, devices: devices.get(user) ?? 0 }));
    });
  }

  async topics({ tenant, prefix, after, limit }: NamesRequest): Promise<readonly ListedTopic[]> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    return connection.query(function* (): Steps<ListedTopic[]> {
      const found: string[] = [];
      for (const { from, until } of topicRanges(prefix, after)) {
        found.push(...(yield* sql.subscribedTopics(tenant, from, until, limit)).map(({ topic }) => topic as string));
        found.push(...(yield* sql.streamsBetween(tenant, from, until, limit)).map(({ stream }) => stream as string));
      }
      const topics = distinctNames(found).slice(0, limit);
      const heads = new Map<string, number>();
      const names = topics.map((topic) => [tenant, topic] as const);
      for (const row of names.length > 0 ? yield* sql.states(names) : [])
        heads.set(topics[row.at as number] as string, row.head as number);
      const listed: ListedTopic[] = [];
      for (const topic of topics) {
        const [row]: Row[] = yield* sql.countSubscribersUpTo(tenant, topic, SUBSCRIBERS_COUNTED);
        listed.push({ topic, subscribers: row?.subscribers as number, head: heads.get(topic) ?? 0 });
      }
      return listed;
    });
  }

  async cursors({ tenant, user }: UserRef): Promise<readonly ListedCursor[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(() => this.access.sql.cursorsOf(tenant, user, CURSORS_LISTED));
    return rows.map((row) => ({
      device: row.device as string,
      stream: row.stream as string,
      position: { epoch: row.epoch as string, seq: row.seq as number },
    }));
  }
}

/** Looks on until there are enough, or so many were looked at that it is somebody else's turn. */
function* messageSteps(sql: SqlDialect, request: MessagesRequest): Steps<MessagesPage> {
  const { tenant, stream, limit } = request;
  const placeOf = (row: Row): string => (stream === undefined ? (row.id as string) : String(row.seq));
  const found: Row[] = [];
  let place = request.before ?? (stream === undefined ? LAST : String(Number.MAX_SAFE_INTEGER));
  if (request.below !== undefined && request.below < place) place = request.below;
  let isMore = true;
  for (let looked = 0; isMore && found.length < limit && looked < MESSAGES_LOOKED_AT;) {
    const rows: Row[] =
      stream === undefined
        ? yield* sql.messagesBelow(tenant, place, LOOK)
        : yield* sql.entriesBelow(tenant, stream, Number(place), LOOK);
    looked += rows.length;
    isMore = rows.length === LOOK;
    for (const [at, row] of rows.entries()) {
      place = placeOf(row);
      if (!matches(row, request)) continue;
      found.push(row);
      if (found.length < limit) continue;
      isMore ||= at + 1 < rows.length;
      break;
    }
  }
  const messages = yield* listed(sql, tenant, found);
  return isMore ? { messages, next: place } : { messages };
}

function* listed(sql: SqlDialect, tenant: string, found: readonly Row[]): Steps<ListedMessage[]> {
  if (found.length === 0) return [];
  const ids = found.map(({ id }) => [tenant, id as string] as const);
  const known = new Map<number, ListedMessage>();
  for (const row of yield* sql.messages(ids)) {
    const { data: _, notification: __, options: ___, ...message } = toMessage(row);
    known.set(row.at as number, { ...message, held: row.held_until !== null });
  }
  return found.flatMap((_, at) => known.get(at) ?? []);
}

function matches(row: Row, { type, thread, since, until }: MessagesRequest): boolean {
  if (type !== undefined && row.type !== type) return false;
  if (thread !== undefined && row.thread !== thread) return false;
  const at = row.accepted_at as number;
  return at >= (since ?? -Infinity) && at < (until ?? Infinity);
}

const nameOfOwner = ({ stream }: Row): string => (stream as string).slice(1);
