import type { Target } from '../model/audience.js';
import type { EntryFilter, Message } from '../model/message.js';
import { isTopic, userOf, type StreamId } from '../model/stream.js';
import type { Store } from '../store/store.js';

/** A user a message is for, and the stream it came to the user by. */
export interface Recipient {
  readonly user: string;
  readonly stream: StreamId;
  readonly filter?: EntryFilter;
}

export interface Position {
  readonly target: number;
  readonly after: string;
}

export interface RecipientPage {
  readonly recipients: readonly Recipient[];
  /** Where the next page begins; undefined after the last. */
  readonly next?: Position;
}

/** The recipients from a position on, each user once a page, `limit` at most; of a topic those who subscribed before the message came. */
export async function recipientsFrom(
  store: Store,
  message: Pick<Message, 'tenant' | 'acceptedAt'>,
  targets: readonly Target[],
  from: Position,
  limit: number,
): Promise<RecipientPage> {
  const found = new Map<string, Recipient>();
  let { target, after } = from;
  for (let room = limit; target < targets.length && room > 0;) {
    const { stream, filter } = targets[target] as Target;
    const own = userOf(stream);
    const some: Some =
      own === undefined ? await listed(store, message, stream, after, room) : { users: [own], looked: 1 };
    for (const user of some.users) {
      if (!found.has(user) && !filter?.exceptUsers?.includes(user)) found.set(user, { user, stream, filter });
    }
    const isWhole = own !== undefined || some.looked < room;
    after = isWhole ? '' : (some.last as string);
    if (isWhole) target++;
    room -= some.looked;
  }
  return { recipients: [...found.values()], next: target < targets.length ? { target, after } : undefined };
}

interface Some {
  readonly users: readonly string[];
  /** Names read, those left out included. */
  readonly looked: number;
  readonly last?: string;
}

async function listed(
  store: Store,
  { tenant, acceptedAt }: Pick<Message, 'tenant' | 'acceptedAt'>,
  stream: StreamId,
  after: string,
  limit: number,
): Promise<Some> {
  if (!isTopic(stream)) {
    const users = await store.devices.users(tenant, after, limit);
    return { users, looked: users.length, last: users.at(-1) };
  }
  const subscribers = await store.topics.subscribers(tenant, stream, after, limit);
  const users = subscribers.filter((one) => one.subscribedAt <= acceptedAt).map(({ user }) => user);
  return { users, looked: subscribers.length, last: subscribers.at(-1)?.user };
}
