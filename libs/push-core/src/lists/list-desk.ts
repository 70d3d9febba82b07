import type { Clock } from '../clock/clock.js';
import { PushError } from '../errors.js';
import { messageIdAt } from '../ids/ids.js';
import { names } from '../model/names.js';
import { userStream, wireName } from '../model/stream.js';
import { userPresence } from '../receipts/user-presence.js';
import { SUBSCRIBERS_COUNTED, type NamesRequest } from '../store/list-store.js';
import type { Store } from '../store/store.js';
import type {
  CursorSummary,
  Lists,
  MessageSummary,
  MessagesQuery,
  NamesQuery,
  Page,
  TopicSummary,
  UserSummary,
} from './lists.js';
import { summaryOf } from './message-summary.js';

const DEFAULT_LIMIT = 50;
const MOST = 500;

export interface ListParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Message ids are the engine's own, and tell when they were made. */
  readonly idsTellTime: boolean;
  /** Resolves when what this node has in memory is written. */
  readonly written: () => Promise<unknown>;
}

export class ListDesk implements Lists {
  constructor(private readonly parts: ListParts) {}

  async messages(given: string, query: MessagesQuery = {}): Promise<Page<MessageSummary>> {
    const { store, clock, idsTellTime } = this.parts;
    const { user, topic, before, type, thread, since, until } = query;
    if (user !== undefined && topic !== undefined)
      throw new PushError('INVALID', 'Either "user" or "topic": a message lies in one stream at a time', {
        field: 'topic',
      });
    const stream = user !== undefined ? userStream(names.user(user)) : topic && names.topic(topic);
    if (stream !== undefined && before !== undefined && !/^\d{1,15}$/.test(before))
      throw new PushError('INVALID', '"before" must be the `next` of the page before', { field: 'before' });
    const page = await store.lists.messages({
      tenant: names.tenant(given),
      stream,
      before,
      below: until !== undefined && stream === undefined && idsTellTime ? messageIdAt(until) : undefined,
      limit: limitOf(query),
      type,
      thread,
      since,
      until,
    });
    const now = clock.now();
    return { items: page.messages.map((message) => summaryOf(message, now)), ...(page.next && { next: page.next }) };
  }

  async users(given: string, query: NamesQuery = {}): Promise<Page<UserSummary>> {
    const { store, clock, written } = this.parts;
    const request = namesRequest(given, query);
    await written();
    const users = await store.lists.users(request);
    const present = await store.presence.load(
      request.tenant,
      users.map(({ user }) => user),
      clock.now(),
    );
    const items = users.map(({ user, devices }, i): UserSummary => {
      const { online, lastSeenAt } = userPresence(user, present[i] ?? []);
      return { user, devices, online, ...(lastSeenAt !== undefined && { lastSeenAt }) };
    });
    return paged(items, request.limit, ({ user }) => user);
  }

  async cursors(givenTenant: string, givenUser: string): Promise<readonly CursorSummary[]> {
    const { store, written } = this.parts;
    const tenant = names.tenant(givenTenant);
    await written();
    const cursors = await store.lists.cursors({ tenant, user: names.user(givenUser) });
    const streams = [...new Set(cursors.map(({ stream }) => stream))].map((stream) => ({ tenant, stream }));
    const states = await store.messages.states(streams);
    const byStream = new Map(streams.map(({ stream }, i) => [stream, states[i]]));
    return cursors.map(({ device, stream, position: { epoch, seq } }) => {
      const state = byStream.get(stream);
      const head = state?.head ?? 0;
      // One of another life says nothing about this one.
      const lag = state?.epoch === epoch ? Math.max(0, head - seq) : head;
      return { device, s: wireName(stream), epoch, seq, head, lag };
    });
  }

  async topics(given: string, query: NamesQuery = {}): Promise<Page<TopicSummary>> {
    const request = namesRequest(given, query);
    const topics = await this.parts.store.lists.topics(request);
    const items = topics.map(({ topic, subscribers, head }): TopicSummary => {
      const isMore = subscribers >= SUBSCRIBERS_COUNTED;
      return { topic, subscribers, ...(isMore && { subscribersAtLeast: true }), head };
    });
    return paged(items, request.limit, ({ topic }) => topic);
  }
}

function namesRequest(tenant: string, query: NamesQuery): NamesRequest {
  const { prefix = '', after = '' } = query;
  return { tenant: names.tenant(tenant), prefix, after, limit: limitOf(query) };
}

function limitOf({ limit = DEFAULT_LIMIT }: { readonly limit?: number }): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new PushError('INVALID', `"limit" must be a whole number from 1 to ${MOST}`, { field: 'limit' });
}

function paged<T>(items: readonly T[], limit: number, nameOf: (item: T) => string): Page<T> {
  const last = items.at(-1);
  return last && items.length === limit ? { items, next: nameOf(last) } : { items };
}
