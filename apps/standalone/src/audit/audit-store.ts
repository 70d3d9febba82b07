import type { ErrorCode } from 'push-core';
import type { Actor } from '../accounts/account-authenticator.js';
import type { AccountMedium, Row } from '../accounts/account-medium.js';
import type { AuditEntry, AuditQuery } from './audit.js';

const COLUMNS = 'id, at, tenant, action, actor_kind, actor_id, actor_name, target, outcome, address';
const ROW = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
/** Removed in one statement at most, so that none holds a table for long. */
const REMOVE_BATCH = 1000;

/** The audit log in a table of a database: rows are added, read, and removed when they are too old. None is changed. */
export class AuditStore {
  constructor(private readonly medium: AccountMedium) {}

  async add(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map(() => ROW).join(', ');
    await this.medium.run(`INSERT INTO push_audit (${COLUMNS}) VALUES ${rows}`, entries.flatMap(valuesOf));
  }

  /** Newest first. */
  async newest(query: AuditQuery): Promise<readonly AuditEntry[]> {
    const [where, values] = conditions(query);
    const sql = `SELECT ${COLUMNS} FROM push_audit ${where} ORDER BY id DESC LIMIT ${Math.floor(query.limit)}`;
    return (await this.medium.run(sql, values)).rows.map(toEntry);
  }

  /** Oldest first, `limit` of those behind `after`. */
  async oldest(query: Omit<AuditQuery, 'before'> & { readonly after?: string }): Promise<readonly AuditEntry[]> {
    const [where, values] = conditions(query);
    const sql = `SELECT ${COLUMNS} FROM push_audit ${where} ORDER BY id LIMIT ${Math.floor(query.limit)}`;
    return (await this.medium.run(sql, values)).rows.map(toEntry);
  }

  /** Removes what happened before then, some at a time; how many went. */
  async removeBefore(at: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const { rows } = await this.medium.run(
        `SELECT id FROM push_audit WHERE id < ? ORDER BY id LIMIT ${REMOVE_BATCH}`,
        [idPrefix(at)],
      );
      const last = rows.at(-1)?.id;
      if (last === undefined) return removed;
      removed += (await this.medium.run('DELETE FROM push_audit WHERE id <= ?', [last])).changed;
      if (rows.length < REMOVE_BATCH) return removed;
    }
  }

  /** The secret that digests in the log are made with; the first node makes it. */
  secret(fresh: Buffer): Promise<Buffer> {
    return this.medium.alone(async (run) => {
      const { rows } = await run('SELECT secret FROM push_audit_key');
      if (rows[0]) return Buffer.from(rows[0].secret as Uint8Array);
      await run('INSERT INTO push_audit_key (one, secret) VALUES (?, ?)', [1, fresh]);
      return fresh;
    });
  }
}

/** Ids made at that time or later are not smaller. */
export const idPrefix = (at: number): string => Math.max(0, Math.floor(at)).toString(36).padStart(9, '0');

function conditions(
  query: Omit<AuditQuery, 'limit'> & { readonly after?: string },
): [where: string, values: readonly unknown[]] {
  const parts: [string, unknown][] = [];
  const add = (sql: string, value: unknown) => value !== undefined && parts.push([sql, value]);
  add('id < ?', query.before);
  add('id > ?', query.after);
  add('id >= ?', query.since === undefined ? undefined : idPrefix(query.since));
  add('id < ?', query.until === undefined ? undefined : idPrefix(query.until));
  add('tenant = ?', query.tenant);
  add('action = ?', query.action);
  const where = parts.map(([sql]) => sql).join(' AND ');
  return [where === '' ? '' : `WHERE ${where}`, parts.map(([, value]) => value)];
}

const valuesOf = (entry: AuditEntry): unknown[] => [
  entry.id,
  entry.at,
  entry.tenant ?? null,
  entry.action,
  entry.actor.kind,
  entry.actor.id,
  entry.actor.name ?? null,
  entry.target ?? null,
  entry.outcome,
  entry.address ?? null,
];

const some = <Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> =>
  typeof value === 'string' ? ({ [name]: value } as Record<Name, string>) : {};

const toEntry = (row: Row): AuditEntry => ({
  id: String(row.id),
  at: Number(row.at),
  actor: { kind: row.actor_kind as Actor['kind'], id: String(row.actor_id), ...some('name', row.actor_name) },
  ...some('tenant', row.tenant),
  action: String(row.action),
  ...some('target', row.target),
  outcome: row.outcome as 'ok' | ErrorCode,
  ...some('address', row.address),
});
