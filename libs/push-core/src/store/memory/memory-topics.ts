import { deviceKey, type DeviceRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { Follow, Subscriber, Subscription, TopicStore } from '../topic-store.js';
import { byCodePoint } from './code-point-order.js';
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
    for (const user of added) {
      subscribers.set(user, { since, subscribedAt: now });
      entryOf(this.data.subscriptions, streamKey(tenant, user), () => new Set<string>()).add(topic);
    }
    return added;
  }

  async unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]> {
    this.check();
    const subscribers = this.data.subscribers.get(streamKey(tenant, topic));
    const removed = [...new Set(users)].filter((user) => subscribers?.delete(user));
    for (const user of removed) this.data.subscriptions.get(streamKey(tenant, user))?.delete(topic);
    return removed;
  }

  async subscribers(tenant: string, topic: string, after: string, limit: number): Promise<readonly Subscriber[]> {
    this.check();
    const page: Subscriber[] = [];
    for (const [user, { subscribedAt }] of this.data.subscribers.get(streamKey(tenant, topic)) ?? []) {
      if (byCodePoint(user, after) > 0) page.push({ user, subscribedAt });
    }
    return page.sort((a, b) => byCodePoint(a.user, b.user)).slice(0, limit);
  }

  async count(tenant: string, topic: string): Promise<number> {
    this.check();
    return this.data.subscribers.get(streamKey(tenant, topic))?.size ?? 0;
  }

  async subscriptions(tenant: string, user: string): Promise<readonly Subscription[]> {
    this.check();
    return [...(this.data.subscriptions.get(streamKey(tenant, user)) ?? [])].map((topic) => ({
      topic,
      since: this.data.subscribers.get(streamKey(tenant, topic))?.get(user)?.since ?? 0,
    }));
  }

  async setFollow(device: DeviceRef, follow: Follow): Promise<void> {
    this.check();
    entryOf(this.data.follows, deviceKey(device), () => new Map<string, boolean>()).set(follow.topic, follow.following);
  }

  async follows(device: DeviceRef): Promise<readonly Follow[]> {
    this.check();
    const follows = this.data.follows.get(deviceKey(device)) ?? [];
    return [...follows].map(([topic, following]) => ({ topic, following }));
  }
}
