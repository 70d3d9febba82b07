import type { EntriesQuery, InboxEntry, Push, PushEventName, PushEvents } from 'push-core';

/** A device got these, or a user has read them. */
interface OfMessages {
  /**
   * The messages it is about, oldest first, without what was recalled since. `delivered`: those this acknowledgement adds;
   * `read`: those of the thread or stream among the 200 entries up to the mark.
   */
  messages(): Promise<readonly InboxEntry[]>;
}

/** What `@OnPush` handlers and `PushService.observe` get. */
export type PushEvent<K extends PushEventName> = K extends 'delivered' | 'read'
  ? PushEvents[K] & OfMessages
  : PushEvents[K];

const PAGE = 500;
const READ_MESSAGES = 200;

/** The engine's event, with a way to what it is about: read only when somebody asks. */
export function pushEvent<K extends PushEventName>(push: Push, name: K, event: PushEvents[K]): PushEvent<K> {
  if (name === 'delivered') {
    const { tenant, user, device, stream, from, to } = event as PushEvents['delivered'];
    const messages = () => entriesOf(push, tenant, { user, device, stream, from, to });
    return { ...event, messages } as PushEvent<K>;
  }
  if (name === 'read') {
    const { tenant, user, stream, seq, thread } = event as PushEvents['read'];
    const range = { user, stream, from: Math.max(1, seq - READ_MESSAGES + 1), to: seq, thread };
    return { ...event, messages: () => push.entries(tenant, range) } as PushEvent<K>;
  }
  return event as PushEvent<K>;
}

/** One acknowledgement covers a window of entries at most; the engine reads them by the page. */
async function entriesOf(push: Push, tenant: string, query: EntriesQuery): Promise<readonly InboxEntry[]> {
  const entries: InboxEntry[] = [];
  for (let from = query.from; from <= query.to; from += PAGE)
    entries.push(...(await push.entries(tenant, { ...query, from, to: Math.min(query.to, from + PAGE - 1) })));
  return entries;
}
