import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

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
  const headOf = sql`SELECT head FROM "${t.stream}" WHERE tenant = ? AND stream = ?`;
  const subscribed = sql`FROM ${setOf('user')} STRAIGHT_JOIN "${t.subscription}" s FORCE INDEX (PRIMARY)
    ON s.tenant = ? AND s.topic = ? AND s."user" = j."user"`;
  return {
    /** A user that somebody else is subscribing at this moment fails the unit, which finds it there when it is told again. */
    *subscribe(tenant: string, topic: string, users: readonly string[], now: number): Steps<Row[]> {
      const asked = users.map((user) => [user]);
      const after = [tenant, topic];
      const there = new Set<unknown>();
      for (const { user } of yield* askSet(sql`SELECT s."user" ${subscribed}`, asked, { after })) there.add(user);
      const fresh = users.filter((user) => !there.has(user));
      const [stream] = yield step(headOf, tenant, topic);
      const since = (stream?.head as number | undefined) ?? 0;
      yield* insertRows(
        sql`INSERT INTO "${t.subscription}" (tenant, topic, "user", since, subscribed_at)`,
        fresh.map((user) => [tenant, topic, user, since, now]),
      );
      return fresh.map((user) => ({ user }));
    },
    *unsubscribe(tenant: string, topic: string, users: readonly string[]): Steps<Row[]> {
      const asked = users.map((user) => [user]);
      const after = [tenant, topic];
      const there = yield* askSet(sql`SELECT s."user" ${subscribed} FOR UPDATE`, asked, { after });
      const removed = there.map(({ user }) => [user]);
      yield* askSet(sql`DELETE s ${subscribed}`, removed, { after });
      return there;
    },
    subscribers: (tenant, topic, after, limit) =>
      ask(
        sql`SELECT "user", subscribed_at FROM "${t.subscription}"
        WHERE tenant = ? AND topic = ? AND "user" > ? ORDER BY "user" LIMIT ?`,
        tenant,
        topic,
        after,
        limit,
      ),
    countSubscribers: (tenant, topic) =>
      ask(sql`SELECT COUNT(*) AS users FROM "${t.subscription}" WHERE tenant = ? AND topic = ?`, tenant, topic),
    subscriptions: (users) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", s.topic, s.since FROM ${setOf('tenant', 'user')}
        STRAIGHT_JOIN "${t.subscription}" s FORCE INDEX (by_user) ON s.tenant = j.tenant AND s."user" = j."user"`,
        users,
      ),
    setFollow: (device, topic, following) =>
      ask(
        sql`INSERT INTO "${t.follow}" (tenant, "user", device, topic, "following") VALUES (?, ?, ?, ?, ?)
        ON DUPLICATE KEY UPDATE "following" = VALUES("following")`,
        ...device,
        topic,
        following ? 1 : 0,
      ),
    follows: (devices) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", f.topic, f."following" FROM ${setOf('tenant', 'user', 'device')}
        STRAIGHT_JOIN "${t.follow}" f FORCE INDEX (PRIMARY)
        ON f.tenant = j.tenant AND f."user" = j."user" AND f.device = j.device`,
        devices,
      ),
    dropFollows: (device) =>
      ask(sql`DELETE FROM "${t.follow}" WHERE tenant = ? AND "user" = ? AND device = ?`, ...device),
  };
}
