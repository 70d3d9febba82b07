import { deviceKey, type DeviceRef, type UserRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { Follow, Subscriber, Subscription, TopicStore } from '../topic-store.js';
import { byCodePoint, firstAfter } from './code-point-order.js';
import { entryOf, type MemoryData, type SubscriptionRecord } from './memory-data.js';

export class MemoryTopics implements TopicStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async subscribe(tenant: string, topic: string, users: readonly string[], now: number): Promise<readonly string[]> {
    this.check();
    const key = streamKey(tenant, topic);
    const subscribers = entryOf(this.data.subscribers, key, () => new Map<string, SubscriptionRecord>());
    const since = this.data.streams.get(key)?.head ?? 0;
    const added = [...new Set(users)].filter((user) => !subscribers.has(user));
    if (added.length > 0) this.data.sortedSubscribers.delete(key);
    for (const user of added) {
      subscribers.set(user, { since, subscribedAt: now });
      entryOf(this.data.subscriptions, streamKey(tenant, user), () => new Set<string>()).add(topic);
    }
    return added;
  }

  async unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]> {
    this.check();
    const key = streamKey(tenant, topic);
    const subscribers = this.data.subscribers.get(key);
    const removed = [...new Set(users)].filter((user) => subscribers?.delete(user));
    if (removed.length > 0) this.data.sortedSubscribers.delete(key);
    for (const user of removed) this.data.subscriptions.get(streamKey(tenant, user))?.delete(topic);
    return removed;
  }

  async subscribers(tenant: string, topic: string, after: string, limit: number): Promise<readonly Subscriber[]> {
    this.check();
    const key = streamKey(tenant, topic);
    const subscribers = this.data.subscribers.get(key);
    if (!subscribers) return [];
    const sorted = entryOf(this.data.sortedSubscribers, key, () => [...subscribers.keys()].sort(byCodePoint));
    const from = firstAfter(sorted, (user) => byCodePoint(user, after));
    return sorted
      .slice(from, from + limit)
      .map((user) => ({ user, subscribedAt: subscribers.get(user)?.subscribedAt ?? 0 }));
  }

  async count(tenant: string, topic: string): Promise<number> {
    this.check();
    return this.data.subscribers.get(streamKey(tenant, topic))?.size ?? 0;
  }

  async subscriptions(users: readonly UserRef[]): Promise<readonly (readonly Subscription[])[]> {
    this.check();
    return users.map(({ tenant, user }) =>
      [...(this.data.subscriptions.get(streamKey(tenant, user)) ?? [])].map((topic) => ({
        topic,
        since: this.data.subscribers.get(streamKey(tenant, topic))?.get(user)?.since ?? 0,
      })),
    );
  }

  async setFollow(device: DeviceRef, follow: Follow): Promise<void> {
    this.check();
    entryOf(this.data.follows, deviceKey(device), () => new Map<string, boolean>()).set(follow.topic, follow.following);
  }

  async follows(devices: readonly DeviceRef[]): Promise<readonly (readonly Follow[])[]> {
    this.check();
    return devices.map((device) =>
      [...(this.data.follows.get(deviceKey(device)) ?? [])].map(([topic, following]) => ({ topic, following })),
    );
  }
}
