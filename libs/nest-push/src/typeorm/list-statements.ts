import type { ListDialect } from './list-dialect.js';
import { ask, type Steps } from './steps.js';
import type { Row } from './sql-connection.js';
import type { TableNames } from './table-names.js';
import type { Tongue } from './tongue.js';

/** Listing, as any of the databases is told to. */
export function listStatements(t: TableNames, { say }: Tongue): ListDialect {
  const told = (text: string, ...parameters: unknown[]): Steps<Row[]> => ask(say(text), ...parameters);
  const usersOf = (table: string) => `SELECT DISTINCT "user" FROM "${table}"
    WHERE tenant = ? AND "user" >= ? AND "user" < ? ORDER BY "user" LIMIT ?`;

  return {
    messagesBelow: (tenant, below, limit) =>
      told(
        `SELECT id, "type", thread, accepted_at FROM "${t.message}"
        WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?`,
        tenant,
        below,
        limit,
      ),
    entriesBelow: (tenant, stream, below, limit) =>
      told(
        `SELECT few.seq, m.id, m."type", m.thread, m.accepted_at
        FROM (SELECT seq, tenant, message_id FROM "${t.entry}"
          WHERE tenant = ? AND stream = ? AND seq < ? ORDER BY seq DESC LIMIT ?) few
        JOIN "${t.message}" m ON m.tenant = few.tenant AND m.id = few.message_id ORDER BY few.seq DESC`,
        tenant,
        stream,
        below,
        limit,
      ),
    deviceUsers: (tenant, from, before, limit) => told(usersOf(t.device), tenant, from, before, limit),
    presenceUsers: (tenant, from, before, limit) => told(usersOf(t.presence), tenant, from, before, limit),
    streamsBetween: (tenant, from, before, limit) =>
      told(
        `SELECT stream FROM "${t.stream}" WHERE tenant = ? AND stream >= ? AND stream < ? ORDER BY stream LIMIT ?`,
        tenant,
        from,
        before,
        limit,
      ),
    countDevices: (tenant, from, to) =>
      told(
        `SELECT "user", COUNT(*) AS devices FROM "${t.device}"
        WHERE tenant = ? AND "user" >= ? AND "user" <= ? GROUP BY "user"`,
        tenant,
        from,
        to,
      ),
    /** From each topic to the next one, so that nobody walks a topic's subscribers. */
    subscribedTopics: (tenant, from, before, limit) =>
      told(
        `WITH RECURSIVE found (topic) AS (
          SELECT MIN(topic) FROM "${t.subscription}" WHERE tenant = ? AND topic >= ? AND topic < ?
          UNION ALL
          SELECT (SELECT MIN(s.topic) FROM "${t.subscription}" s
            WHERE s.tenant = ? AND s.topic > found.topic AND s.topic < ?)
          FROM found WHERE found.topic IS NOT NULL)
        SELECT topic FROM found WHERE topic IS NOT NULL LIMIT ?`,
        tenant,
        from,
        before,
        tenant,
        before,
        limit,
      ),
    countSubscribersUpTo: (tenant, topic, most) =>
      told(
        `SELECT COUNT(*) AS subscribers FROM (
          SELECT 1 AS one FROM "${t.subscription}" WHERE tenant = ? AND topic = ? LIMIT ?) counted`,
        tenant,
        topic,
        most,
      ),
    cursorsOf: (tenant, user, limit) =>
      told(
        `SELECT device, stream, epoch, seq FROM "${t.cursor}" WHERE tenant = ? AND "user" = ?
        ORDER BY device, stream LIMIT ?`,
        tenant,
        user,
        limit,
      ),
  };
}
