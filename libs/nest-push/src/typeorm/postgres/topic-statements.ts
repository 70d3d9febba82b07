import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, rowSet, tell } from './row-set.js';

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

const NAMES = rowSet('r', { reader: 'text' });
const USERS = rowSet('r', { tenant: 'text', reader: 'text' });
const DEVICES = rowSet('r', { tenant: 'text', reader: 'text', device: 'text' });

export function topicStatements(t: TableNames): TopicStatements {
  return {
    subscribe: (tenant, topic, users, now) =>
      overRows(
        NAMES,
        users.map((user) => [user]),
        `INSERT INTO "${t.subscription}" (tenant, topic, "user", since, subscribed_at)
        SELECT $2, $3, r.reader, coalesce((SELECT head FROM "${t.stream}" WHERE tenant = $2 AND stream = $3), 0), $4
        FROM ${NAMES.from} ORDER BY r.at ON CONFLICT DO NOTHING RETURNING "user"`,
        [tenant, topic, now],
        'no',
      ),
    unsubscribe: (tenant, topic, users) =>
      overRows(
        NAMES,
        users.map((user) => [user]),
        `DELETE FROM "${t.subscription}" s USING ${NAMES.from}
        WHERE s.tenant = $2 AND s.topic = $3 AND s."user" = r.reader RETURNING s."user"`,
        [tenant, topic],
        'no',
      ),
    subscribers: (tenant, topic, after, limit) =>
      ask(
        `SELECT "user", subscribed_at FROM "${t.subscription}"
        WHERE tenant = $1 AND topic = $2 AND "user" > $3 ORDER BY "user" LIMIT $4`,
        tenant,
        topic,
        after,
        limit,
      ),
    countSubscribers: (tenant, topic) =>
      ask(`SELECT count(*) AS users FROM "${t.subscription}" WHERE tenant = $1 AND topic = $2`, tenant, topic),
    subscriptions: (users) =>
      overRows(
        USERS,
        users,
        `SELECT ${POSITION} AS at, s.topic, s.since FROM ${USERS.from}
        JOIN "${t.subscription}" s ON s.tenant = r.tenant AND s."user" = r.reader`,
      ),
    setFollow: (device, topic, following) =>
      tell(
        `INSERT INTO "${t.follow}" (tenant, "user", device, topic, following) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, "user", device, topic) DO UPDATE SET following = excluded.following`,
        ...device,
        topic,
        following ? 1 : 0,
      ),
    follows: (devices) =>
      overRows(
        DEVICES,
        devices,
        `SELECT ${POSITION} AS at, f.topic, f.following FROM ${DEVICES.from}
        JOIN "${t.follow}" f ON f.tenant = r.tenant AND f."user" = r.reader AND f.device = r.device`,
      ),
    dropFollows: (device) =>
      tell(`DELETE FROM "${t.follow}" WHERE tenant = $1 AND "user" = $2 AND device = $3`, ...device),
  };
}
