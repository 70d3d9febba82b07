import type {
  ClaimNotifications,
  DecisionStep,
  NotificationCount,
  NotificationKey,
  NotificationRow,
  NotificationStore,
  UserRef,
} from 'push-core';
import { decideSteps } from './decide-steps.js';
import type { NotificationName } from './notification-dialect.js';
import { notificationFields, storableProviderId, storableReason, toNotification } from './notification-row.js';
import { changeRows, nameOfKey } from './notification-steps.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

/** Rows in one transaction: others have a turn in between. */
const ROUND = 1000;
const OUTSTANDING = 200;

type Page = Parameters<NotificationStore['find']>[2];
type Mark = Parameters<NotificationStore['mark']>[0][number];

export class TypeOrmNotifications implements NotificationStore {
  constructor(private readonly access: StoreAccess) {}

  async decide(
    steps: readonly DecisionStep[],
    now: number,
  ): Promise<readonly (readonly NotificationKey[] | undefined)[]> {
    const { connection } = await this.access.opened();
    if (steps.length === 0) return [];
    return connection.write(() => decideSteps(this.access.sql, steps, now));
  }

  async claim(request: ClaimNotifications): Promise<readonly NotificationRow[]> {
    const { owner, now, leaseUntil, limit, perTenant, without = [] } = request;
    const { connection } = await this.access.opened();
    if (limit <= 0 || perTenant <= 0) return [];
    const { sql } = this.access;
    const rows = await connection.write(() =>
      sql.claimNotifications(owner, now, leaseUntil, limit, perTenant, without),
    );
    return rows.map(toNotification).sort((a, b) => a.createdAt - b.createdAt);
  }

  async settle(rows: readonly NotificationRow[], owner: string, now: number): Promise<readonly boolean[]> {
    const { sql } = this.access;
    const fields = rows.map((row) => notificationFields({ ...row, owner }, now));
    return this.change(fields, 'sending', owner, (some) => sql.putNotifications(some));
  }

  async find(tenant: string, messageId: string, { user, after, limit }: Page): Promise<readonly NotificationRow[]> {
    const { connection } = await this.access.opened();
    const from = [after?.user ?? '', after?.device ?? ''] as const;
    const { sql } = this.access;
    const rows = await connection.query(() => sql.notifications(tenant, messageId, user ?? null, from, limit));
    return rows.map(toNotification);
  }

  async count(tenant: string, messageIds: readonly string[]): Promise<readonly NotificationCount[]> {
    const { connection } = await this.access.opened();
    const counts = messageIds.map((): NotificationCount => ({ notified: 0, failed: 0 }));
    if (messageIds.length === 0) return counts;
    for (const row of await connection.query(() => this.access.sql.countNotifications(tenant, messageIds)))
      counts[row.at as number] = { notified: row.notified as number, failed: row.failed as number };
    return counts;
  }

  async outstanding(users: readonly UserRef[], since: number): Promise<readonly (readonly NotificationRow[])[]> {
    const { connection } = await this.access.opened();
    const found = users.map((): NotificationRow[] => []);
    if (users.length === 0) return found;
    const asked = users.map(({ tenant, user }) => [tenant, user, since]);
    for (const row of await connection.query(() => this.access.sql.outstandingNotifications(asked, OUTSTANDING)))
      found[row.at as number]?.push(toNotification(row));
    return found;
  }

  async sentSince(
    asked: readonly (UserRef & { device: string; provider: string; since: number })[],
  ): Promise<readonly number[]> {
    const { connection } = await this.access.opened();
    const sent = asked.map(() => 0);
    if (asked.length === 0) return sent;
    const requests = asked.map(({ tenant, user, device, provider, since }) => [tenant, user, device, provider, since]);
    for (const row of await connection.query(() => this.access.sql.sentNotifications(requests)))
      sent[row.at as number] = row.sent as number;
    return sent;
  }

  async recent(
    asked: readonly (UserRef & { thread: string; since: number })[],
  ): Promise<readonly { readonly count: number; readonly last?: number }[]> {
    const { connection } = await this.access.opened();
    const found = asked.map((): { count: number; last?: number } => ({ count: 0 }));
    if (asked.length === 0) return found;
    const requests = asked.map(({ tenant, user, thread, since }) => [tenant, user, thread, since]);
    for (const row of await connection.query(() => this.access.sql.recentNotifications(requests))) {
      const count = row.messages as number;
      if (count > 0) found[row.at as number] = { count, last: row.last as number };
    }
    return found;
  }

  async mark(marks: readonly Mark[]): Promise<readonly boolean[]> {
    const { sql } = this.access;
    const fields = marks.map((one) => [
      ...nameOfKey(one),
      one.shownAt ?? null,
      one.openedAt ?? null,
      one.retractedAt ?? null,
      one.state ?? null,
      storableReason(one.reason),
    ]);
    return this.change(fields, 'accepted', null, (some) => sql.markNotifications(some));
  }

  async byProviderId(tenant: string, provider: string, id: string): Promise<NotificationRow | undefined> {
    const { connection } = await this.access.opened();
    const { sql } = this.access;
    const [row] = await connection.query(() => sql.notificationNamed(tenant, provider, storableProviderId(id)));
    return row && toNotification(row);
  }

  async dead(
    tenant: string,
    { after = 0, limit }: { after?: number; limit: number },
  ): Promise<readonly NotificationRow[]> {
    const { connection } = await this.access.opened();
    return (await connection.query(() => this.access.sql.deadNotifications(tenant, after, limit))).map(toNotification);
  }

  async replay(tenant: string, keys: readonly NotificationKey[] | undefined, now: number): Promise<number> {
    const { sql } = this.access;
    return this.changeDead(tenant, keys, (names) => sql.replayNotifications(names, now));
  }

  async hasten(tenant: string, provider: string, reasons: readonly string[], now: number): Promise<number> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    if (reasons.length === 0) return 0;
    const hastened = await connection.write(function* (): Steps<readonly boolean[]> {
      const found = yield* sql.waitingNotifications(tenant, provider, reasons, now, ROUND);
      const names = found.map(toNotification).map(nameOfKey);
      return yield* changeRows(sql, names, 'waiting', null, (rows) =>
        sql.hastenNotifications(rows as readonly NotificationName[], now),
      );
    });
    return hastened.filter(Boolean).length;
  }

  async purge(tenant: string, keys: readonly NotificationKey[] | undefined): Promise<number> {
    const { sql } = this.access;
    const drop = (names: readonly NotificationName[]) => sql.dropNotifications(names);
    if (keys) return this.changeDead(tenant, keys, drop);
    return this.inRounds(Infinity, () => this.changeDead(tenant, undefined, drop));
  }

  async pending(): Promise<number> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(() => this.access.sql.countOpenNotifications());
    return row?.notifications as number;
  }

  async trim(before: number, limit: number): Promise<number> {
    const { connection } = await this.access.opened();
    return this.inRounds(limit, async (most) => {
      return (await connection.write(() => this.access.sql.trimNotifications(before, most))).length;
    });
  }

  /** Changes rows in that state. Fields begin with the name. */
  private async change(
    rows: readonly (readonly unknown[])[],
    state: string,
    owner: string | null,
    write: (rows: readonly (readonly unknown[])[]) => Steps<unknown>,
  ): Promise<readonly boolean[]> {
    const { connection } = await this.access.opened();
    if (rows.length === 0) return [];
    return connection.write(() => changeRows(this.access.sql, rows, state, owner, write));
  }

  private async changeDead(
    tenant: string,
    keys: readonly NotificationKey[] | undefined,
    write: (names: readonly NotificationName[]) => Steps<unknown>,
  ): Promise<number> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    const changed = await connection.write(function* (): Steps<readonly boolean[]> {
      const named = keys ?? (yield* sql.deadNotifications(tenant, 0, ROUND)).map(toNotification);
      const names = named.filter((key) => key.tenant === tenant).map(nameOfKey);
      return yield* changeRows(sql, names, 'dead', null, (rows) => write(rows as readonly NotificationName[]));
    });
    return changed.filter(Boolean).length;
  }

  private async inRounds(limit: number, round: (most: number) => Promise<number>): Promise<number> {
    let removed = 0;
    for (;;) {
      const most = Math.min(ROUND, limit - removed);
      const count = most > 0 ? await round(most) : 0;
      removed += count;
      if (count < most || removed >= limit) return removed;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
