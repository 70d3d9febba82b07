import type { UserRef } from '../model/device.js';
import { userStream } from '../model/stream.js';
import type { UnreadRequest } from '../store/read-store.js';
import type { Store } from '../store/store.js';

export interface UnreadCount {
  readonly total: number;
  readonly threads: ReadonlyMap<string, number>;
}

/** What these users have not read, over their own stream and the topics they subscribe to: as `Push.unread`, for many at once. In their order. */
export async function unreadCounts(
  store: Store,
  users: readonly UserRef[],
  now: number,
): Promise<readonly UnreadCount[]> {
  if (users.length === 0) return [];
  const subscriptions = await store.topics.subscriptions(users);
  const requests: UnreadRequest[] = [];
  const owners: number[] = [];
  users.forEach(({ tenant, user }, at) => {
    requests.push({ tenant, user, stream: userStream(user), now });
    owners.push(at);
    for (const { topic, since } of subscriptions[at] ?? []) {
      requests.push({ tenant, user, stream: topic, since, now });
      owners.push(at);
    }
  });
  const counts = await store.reads.unread(requests);
  const sums = users.map(() => ({ total: 0, threads: new Map<string, number>() }));
  counts.forEach((byThread, i) => {
    const sum = sums[owners[i] as number];
    if (!sum) return;
    for (const [thread, count] of byThread) {
      sum.total += count;
      if (thread !== '') sum.threads.set(thread, (sum.threads.get(thread) ?? 0) + count);
    }
  });
  return sums;
}
