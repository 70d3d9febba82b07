import type { DeviceRef, Follow, Subscriber, Subscription, TopicStore, UserRef } from 'push-core';
import type { StoreAccess } from './store-access.js';

export class TypeOrmTopics implements TopicStore {
  constructor(private readonly access: StoreAccess) {}

  async subscribe(tenant: string, topic: string, users: readonly string[], now: number): Promise<readonly string[]> {
    const { connection } = await this.access.opened();
    if (users.length === 0) return [];
    const sorted = inLockOrder(users);
    return inOrder(users, await connection.write(() => this.access.sql.subscribe(tenant, topic, sorted, now)));
  }

  async unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]> {
    const { connection } = await this.access.opened();
    if (users.length === 0) return [];
    const sorted = inLockOrder(users);
    return inOrder(users, await connection.write(() => this.access.sql.unsubscribe(tenant, topic, sorted)));
  }

  async subscribers(tenant: string, topic: string, after: string, limit: number): Promise<readonly Subscriber[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(() => this.access.sql.subscribers(tenant, topic, after, limit));
    return rows.map((row) => ({ user: row.user as string, subscribedAt: row.subscribed_at as number }));
  }

  async count(tenant: string, topic: string): Promise<number> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(() => this.access.sql.countSubscribers(tenant, topic));
    return row?.users as number;
  }

  async subscriptions(users: readonly UserRef[]): Promise<readonly (readonly Subscription[])[]> {
    const { connection } = await this.access.opened();
    const subscriptions = users.map((): Subscription[] => []);
    if (users.length === 0) return subscriptions;
    const asked = users.map(({ tenant, user }) => [tenant, user] as const);
    for (const row of await connection.query(() => this.access.sql.subscriptions(asked)))
      subscriptions[row.at as number]?.push({ topic: row.topic as string, since: row.since as number });
    return subscriptions;
  }

  async setFollow({ tenant, user, device }: DeviceRef, { topic, following }: Follow): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.setFollow([tenant, user, device], topic, following));
  }

  async follows(devices: readonly DeviceRef[]): Promise<readonly (readonly Follow[])[]> {
    const { connection } = await this.access.opened();
    const follows = devices.map((): Follow[] => []);
    if (devices.length === 0) return follows;
    const asked = devices.map(({ tenant, user, device }) => [tenant, user, device] as const);
    for (const row of await connection.query(() => this.access.sql.follows(asked)))
      follows[row.at as number]?.push({ topic: row.topic as string, following: row.following === 1 });
    return follows;
  }
}

/** Each once, by code unit. */
const inLockOrder = (users: readonly string[]): string[] => [...new Set(users)].sort();

/** A database returns changed rows in no particular order; callers get them in the order they asked in. */
function inOrder(users: readonly string[], rows: readonly { user?: unknown }[]): string[] {
  const changed = new Set(rows.map((row) => row.user as string));
  return users.filter((user) => changed.delete(user));
}
