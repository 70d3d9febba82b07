import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';

type TopicStatements = Pick<
  SqlDialect,
  | 'subscribe'
  | 'unsubscribe'
  | 'subscribers'
  | 'countSubscribers'
  | 'subscriptions'
  | 'setFollow'
  | 'follows'
  | 'dropFollows'
>;

export function topicStatements(t: TableNames): TopicStatements {
  return {
    subscribe: (tenant, topic, users, now) =>
      ask(
        `INSERT INTO "${t.subscription}" (tenant, topic, user, since, subscribed_at)
        SELECT ?1, ?2, value, coalesce((SELECT head FROM "${t.stream}" WHERE tenant = ?1 AND stream = ?2), 0), ?3
        FROM json_each(?4) WHERE true ON CONFLICT DO NOTHING RETURNING user`,
        tenant,
        topic,
        now,
        JSON.stringify(users),
      ),
    unsubscribe: (tenant, topic, users) =>
      ask(
        `DELETE FROM "${t.subscription}" WHERE tenant = ? AND topic = ?
        AND user IN (SELECT value FROM json_each(?)) RETURNING user`,
        tenant,
        topic,
        JSON.stringify(users),
      ),
    subscribers: (tenant, topic, after, limit) =>
      ask(
        `SELECT user, subscribed_at FROM "${t.subscription}"
        WHERE tenant = ? AND topic = ? AND user > ? ORDER BY user LIMIT ?`,
        tenant,
        topic,
        after,
        limit,
      ),
    countSubscribers: (tenant, topic) =>
      ask(`SELECT count(*) AS users FROM "${t.subscription}" WHERE tenant = ? AND topic = ?`, tenant, topic),
    /** The index is named: without statistics SQLite takes a tenant for small. */
    subscriptions: (users) =>
      ask(
        `SELECT j.key AS at, s.topic, s.since FROM json_each(?) j
        CROSS JOIN "${t.subscription}" s INDEXED BY "${t.subscription}_user" ON s.tenant = j.value ->> 0 AND s.user = j.value ->> 1`,
        JSON.stringify(users),
      ),
    setFollow: (device, topic, following) =>
      ask(
        `INSERT INTO "${t.follow}" (tenant, user, device, topic, following) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, user, device, topic) DO UPDATE SET following = excluded.following`,
        ...device,
        topic,
        following ? 1 : 0,
      ),
    follows: (devices) =>
      ask(
        `SELECT j.key AS at, f.topic, f.following FROM json_each(?) j
        CROSS JOIN "${t.follow}" f ON f.tenant = j.value ->> 0 AND f.user = j.value ->> 1 AND f.device = j.value ->> 2`,
        JSON.stringify(devices),
      ),
    dropFollows: (device) => ask(`DELETE FROM "${t.follow}" WHERE tenant = ? AND user = ? AND device = ?`, ...device),
  };
}
