import type { DeviceRef, Follow, Subscriber, Subscription, TopicStore } from 'push-core';
import type { StoreAccess } from './store-access.js';

export class TypeOrmTopics implements TopicStore {
  constructor(private readonly access: StoreAccess) {}

  async subscribe(tenant: string, topic: string, users: readonly string[], now: number): Promise<readonly string[]> {
    const { connection } = await this.access.opened();
    if (users.length === 0) return [];
    const parameters = [tenant, topic, now, JSON.stringify(users)];
    return inOrder(users, await connection.write((run) => run(this.access.sql.subscribe, parameters)));
  }

  async unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]> {
    const { connection } = await this.access.opened();
    if (users.length === 0) return [];
    const parameters = [tenant, topic, JSON.stringify(users)];
    return inOrder(users, await connection.write((run) => run(this.access.sql.unsubscribe, parameters)));
  }

  async subscribers(tenant: string, topic: string, after: string, limit: number): Promise<readonly Subscriber[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(this.access.sql.subscribers, [tenant, topic, after, limit]);
    return rows.map((row) => ({ user: row.user as string, subscribedAt: row.subscribed_at as number }));
  }

  async count(tenant: string, topic: string): Promise<number> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(this.access.sql.countSubscribers, [tenant, topic]);
    return row?.users as number;
  }

  async subscriptions(tenant: string, user: string): Promise<readonly Subscription[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(this.access.sql.subscriptions, [tenant, user]);
    return rows.map((row) => ({ topic: row.topic as string, since: row.since as number }));
  }

  async setFollow({ tenant, user, device }: DeviceRef, { topic, following }: Follow): Promise<void> {
    const { connection } = await this.access.opened();
    const parameters = [tenant, user, device, topic, following ? 1 : 0];
    await connection.write((run) => run(this.access.sql.setFollow, parameters));
  }

  async follows({ tenant, user, device }: DeviceRef): Promise<readonly Follow[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(this.access.sql.follows, [tenant, user, device]);
    return rows.map((row) => ({ topic: row.topic as string, following: row.following === 1 }));
  }
}

/** A database returns changed rows in no particular order; callers get them in the order they asked in. */
function inOrder(users: readonly string[], rows: readonly { user?: unknown }[]): string[] {
  const changed = new Set(rows.map((row) => row.user as string));
  return users.filter((user) => changed.delete(user));
}
