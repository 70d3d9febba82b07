import type { DeviceRef, Follow, Subscriber, Subscription, TopicStore } from 'push-core';
import type { Tables } from '../tables.js';
import type { SqliteConnection } from './connection.js';

export class SqliteTopics implements TopicStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly t: Tables,
  ) {}

  subscribe(tenant: string, topic: string, users: readonly string[], now: number): Promise<readonly string[]> {
    return this.connection.write(async (sql) => {
      const rows = await sql.all(
        `INSERT INTO ${this.t.subscription} (tenant, topic, user, since, subscribed_at)
         SELECT ?1, ?2, value, coalesce((SELECT head FROM ${this.t.stream} WHERE tenant = ?1 AND stream = ?2), 0), ?3 FROM json_each(?4) WHERE true
         ON CONFLICT DO NOTHING RETURNING user`,
        [tenant, topic, now, JSON.stringify(users)],
      );
      return rows.map((row) => String(row.user));
    });
  }

  unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]> {
    return this.connection.write(async (sql) => {
      const rows = await sql.all(
        `DELETE FROM ${this.t.subscription} WHERE tenant = ? AND topic = ? AND user IN (SELECT value FROM json_each(?)) RETURNING user`,
        [tenant, topic, JSON.stringify(users)],
      );
      return rows.map((row) => String(row.user));
    });
  }

  subscribers(tenant: string, topic: string, after: string, limit: number): Promise<readonly Subscriber[]> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT user, subscribed_at FROM ${this.t.subscription} WHERE tenant = ? AND topic = ? AND user > ? ORDER BY user LIMIT ?`,
        [tenant, topic, after, limit],
      );
      return rows.map((row) => ({ user: String(row.user), subscribedAt: Number(row.subscribed_at) }));
    });
  }

  count(tenant: string, topic: string): Promise<number> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT count(*) AS users FROM ${this.t.subscription} WHERE tenant = ? AND topic = ?`,
        [tenant, topic],
      );
      return Number(rows[0]?.users);
    });
  }

  subscriptions(tenant: string, user: string): Promise<readonly Subscription[]> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT topic, since FROM ${this.t.subscription} WHERE tenant = ? AND user = ? ORDER BY topic`,
        [tenant, user],
      );
      return rows.map((row) => ({ topic: String(row.topic), since: Number(row.since) }));
    });
  }

  async setFollow({ tenant, user, device }: DeviceRef, { topic, following }: Follow): Promise<void> {
    await this.connection.write((sql) =>
      sql.all(
        `INSERT OR REPLACE INTO ${this.t.follow} (tenant, user, device, topic, following) VALUES (?, ?, ?, ?, ?)`,
        [tenant, user, device, topic, following ? 1 : 0],
      ),
    );
  }

  follows({ tenant, user, device }: DeviceRef): Promise<readonly Follow[]> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT topic, following FROM ${this.t.follow} WHERE tenant = ? AND user = ? AND device = ? ORDER BY topic`,
        [tenant, user, device],
      );
      return rows.map((row) => ({ topic: String(row.topic), following: row.following === 1 }));
    });
  }
}
