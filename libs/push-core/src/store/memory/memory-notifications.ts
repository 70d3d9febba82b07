import type { UserRef } from '../../model/device.js';
import type {
  ClaimNotifications,
  DecisionStep,
  NotificationCount,
  NotificationKey,
  NotificationRow,
  NotificationStore,
} from '../notification-store.js';
import { byCodePoint, firstAfter } from './code-point-order.js';
import { fairShare } from './fair-share.js';
import type { MemoryData } from './memory-data.js';
import { decideJob } from './memory-jobs.js';
import { byUser, type NotificationRecord, type NotificationTable } from './memory-notification-table.js';

const MOST_OUTSTANDING = 200;
const MOST_REPLAYED = 1000;

type Mark = Parameters<NotificationStore['mark']>[0][number];
type Page = Parameters<NotificationStore['find']>[2];

export class MemoryNotifications implements NotificationStore {
  private readonly table: NotificationTable;

  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {
    this.table = data.notifications;
  }

  async decide(
    steps: readonly DecisionStep[],
    now: number,
  ): Promise<readonly (readonly NotificationKey[] | undefined)[]> {
    this.check();
    return steps.map((step) => {
      if (!decideJob(this.data, step)) return undefined;
      return step.rows.filter((row) => this.add(stamped(row, now))).map(keyOf);
    });
  }

  async claim(request: ClaimNotifications): Promise<readonly NotificationRow[]> {
    const { owner, now, leaseUntil, limit, perTenant, without } = request;
    this.check();
    const due = [...this.table.open].map(({ row }) => row).filter((row) => row.dueAt <= now);
    const line = due.sort((a, b) => a.dueAt - b.dueAt || a.createdAt - b.createdAt);
    return fairShare(line, limit, perTenant, without).map((row) => {
      const unknown = row.unknown + (row.state === 'sending' ? 1 : 0);
      const attempts = row.attempts + 1;
      return this.put({ ...row, state: 'sending', owner, dueAt: leaseUntil, attempts, unknown, updatedAt: now });
    });
  }

  async settle(rows: readonly NotificationRow[], owner: string, now: number): Promise<readonly boolean[]> {
    this.check();
    return rows.map((row) => {
      const stored = this.table.get(row)?.row;
      const isOurs = stored?.state === 'sending' && stored.owner === owner;
      if (isOurs) this.put(stamped({ ...row, owner }, now));
      return isOurs;
    });
  }

  async find(tenant: string, messageId: string, { user, after, limit }: Page): Promise<readonly NotificationRow[]> {
    this.check();
    const records = this.table.ofMessage(tenant, messageId);
    const next = firstAfter(records, ({ row }) => (after ? byUser(row, after) : 1));
    const own = user === undefined ? 0 : firstAfter(records, ({ row }) => (byCodePoint(row.user, user) < 0 ? -1 : 1));
    const rows: NotificationRow[] = [];
    for (let at = Math.max(next, own); at < records.length && rows.length < limit; at++) {
      const { row } = records[at] as NotificationRecord;
      if (user !== undefined && row.user !== user) break;
      rows.push(row);
    }
    return rows;
  }

  async count(tenant: string, messageIds: readonly string[]): Promise<readonly NotificationCount[]> {
    this.check();
    return messageIds.map((id) => {
      const notified = new Set<string>();
      const failed = new Set<string>();
      for (const { row } of this.table.ofMessage(tenant, id)) {
        if (row.state === 'accepted') notified.add(row.user);
        else if (row.state === 'failed' || row.state === 'dead') failed.add(row.user);
      }
      return { notified: notified.size, failed: [...failed].filter((user) => !notified.has(user)).length };
    });
  }

  async outstanding(users: readonly UserRef[], since: number): Promise<readonly (readonly NotificationRow[])[]> {
    this.check();
    return users.map((user) =>
      this.table
        .ofUser(user)
        .filter((row) => row.state === 'accepted' && row.retractedAt === undefined && row.createdAt >= since)
        .sort((a, b) => a.createdAt - b.createdAt)
        .slice(0, MOST_OUTSTANDING),
    );
  }

  async sentSince(
    asked: readonly (UserRef & { device: string; provider: string; since: number })[],
  ): Promise<readonly number[]> {
    this.check();
    return asked.map(({ device, provider, since, ...user }) => {
      const rows = this.table.ofUser(user).filter((row) => row.state === 'accepted' && row.updatedAt >= since);
      return rows.filter((row) => row.device === device && row.provider === provider).length;
    });
  }

  async recent(
    asked: readonly (UserRef & { thread: string; since: number })[],
  ): Promise<readonly { count: number; last?: number }[]> {
    this.check();
    return asked.map(({ thread, since, ...user }) => {
      const rows = this.table.ofUser(user).filter((row) => row.thread === thread && row.createdAt >= since);
      const sent = rows.filter((row) => row.state === 'accepted' || row.state === 'sending');
      const count = new Set(sent.map((row) => row.messageId)).size;
      return count === 0 ? { count } : { count, last: Math.max(...sent.map((row) => row.createdAt)) };
    });
  }

  async mark(marks: readonly Mark[]): Promise<readonly boolean[]> {
    this.check();
    return marks.map((mark) => {
      const row = this.table.get(mark)?.row;
      if (row?.state !== 'accepted') return false;
      this.put(marked(row, mark));
      return true;
    });
  }

  async byProviderId(tenant: string, provider: string, id: string): Promise<NotificationRow | undefined> {
    this.check();
    return this.table.named(tenant, provider, id);
  }

  async dead(
    tenant: string,
    { after = 0, limit }: { after?: number; limit: number },
  ): Promise<readonly NotificationRow[]> {
    this.check();
    const rows = this.table.deadOf(tenant).map(({ row }) => row);
    const line = rows.sort(
      (a, b) => b.updatedAt - a.updatedAt || byCodePoint(a.messageId, b.messageId) || byUser(a, b),
    );
    return line.slice(after, after + limit);
  }

  async replay(tenant: string, keys: readonly NotificationKey[] | undefined, now: number): Promise<number> {
    this.check();
    const records = this.deadAmong(tenant, keys).slice(0, keys ? undefined : MOST_REPLAYED);
    for (const { row } of records) {
      const { reason: _, ...rest } = row;
      this.put({ ...rest, state: 'waiting', dueAt: now, attempts: 0, unknown: 0, updatedAt: now });
    }
    return records.length;
  }

  async hasten(tenant: string, provider: string, reasons: readonly string[], now: number): Promise<number> {
    this.check();
    const rows = [...this.table.open].map(({ row }) => row).filter((row) => row.tenant === tenant && row.dueAt > now);
    const some = rows.filter(
      (row) => row.state === 'waiting' && row.provider === provider && reasons.includes(row.reason ?? ''),
    );
    for (const row of some.slice(0, MOST_REPLAYED)) this.put({ ...row, dueAt: now, updatedAt: now });
    return Math.min(some.length, MOST_REPLAYED);
  }

  async purge(tenant: string, keys: readonly NotificationKey[] | undefined): Promise<number> {
    this.check();
    const records = this.deadAmong(tenant, keys);
    for (const record of records) this.table.remove(record);
    return records.length;
  }

  async pending(): Promise<number> {
    this.check();
    return this.table.open.size;
  }

  async trim(before: number, limit: number): Promise<number> {
    this.check();
    let removed = 0;
    for (const record of this.table.all()) {
      if (removed >= limit) break;
      if (this.table.open.has(record) || record.row.updatedAt >= before) continue;
      this.table.remove(record);
      removed++;
    }
    return removed;
  }

  private deadAmong(tenant: string, keys: readonly NotificationKey[] | undefined): readonly NotificationRecord[] {
    const dead = this.table.deadOf(tenant);
    if (!keys) return dead;
    const asked = new Set(keys.map((key) => this.table.get(key)));
    return dead.filter((record) => asked.has(record));
  }

  /** False where there is one of its key. */
  private add(row: NotificationRow): boolean {
    if (this.table.get(row)) return false;
    this.table.add(row);
    return true;
  }

  /** Of a key that is there. */
  private put(row: NotificationRow): NotificationRow {
    const record = this.table.get(row);
    if (record) this.table.replace(record, row);
    return row;
  }
}

/** As it is stored: with an owner only while it is being sent. */
function stamped({ owner, ...row }: NotificationRow, now: number): NotificationRow {
  return row.state === 'sending' && owner !== undefined
    ? { ...row, owner, updatedAt: now }
    : { ...row, updatedAt: now };
}

function marked(row: NotificationRow, { shownAt, openedAt, retractedAt, state, reason }: Mark): NotificationRow {
  const given = { shownAt, openedAt, retractedAt };
  const known = { shownAt: row.shownAt, openedAt: row.openedAt, retractedAt: row.retractedAt };
  return { ...row, ...present(given), ...present(known), ...present({ state, reason }) };
}

/** Without the fields that have no value. */
function present<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

const keyOf = ({ tenant, user, messageId, device }: NotificationRow): NotificationKey => ({
  tenant,
  user,
  messageId,
  device,
});
