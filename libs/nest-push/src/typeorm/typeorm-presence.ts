import type { DevicePresence, PresenceMove, PresenceStore, UserRef } from 'push-core';
import { ENDLESS } from './endless.js';
import { inLockOrder } from './lock-order.js';
import type { Row } from './sql-connection.js';
import type { SqlDialect } from './sql-dialect.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

/** A lease that ended so long ago is taken for a crash, and what the node left behind is settled. */
const SETTLED_AFTER_MS = 24 * 60 * 60 * 1000;

export class TypeOrmPresence implements PresenceStore {
  constructor(private readonly access: StoreAccess) {}

  async record(moves: readonly PresenceMove[]): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    if (moves.length === 0) return;
    const { puts, ends } = folded(moves);
    await connection.write(function* (): Steps<void> {
      if (ends.length > 0) yield* sql.endPresence(ends);
      if (puts.length > 0) yield* sql.putPresence(puts);
    });
  }

  async lease(node: string, now: number, until: number): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    await connection.write(function* (): Steps<void> {
      yield* sql.lease(node, now, until);
      for (const row of yield* sql.lapsedNodes(now - SETTLED_AFTER_MS)) yield* settle(sql, row.node as string);
    });
  }

  async release(node: string): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => settle(this.access.sql, node));
  }

  async load(tenant: string, users: readonly string[], now: number): Promise<readonly (readonly DevicePresence[])[]> {
    const { connection } = await this.access.opened();
    const devices = users.map((): DevicePresence[] => []);
    if (users.length === 0) return devices;
    const rows = await connection.query(() => this.access.sql.presence(tenant, users));
    for (const row of rows) devices[row.asked as number]?.push(toPresence(row, now));
    return devices;
  }

  async holders(users: readonly UserRef[], now: number): Promise<readonly (readonly string[])[]> {
    const { connection } = await this.access.opened();
    const holders = users.map((): string[] => []);
    if (users.length === 0) return holders;
    const asked = users.map(({ tenant, user }) => [tenant, user] as const);
    const rows = await connection.query(() => this.access.sql.holders(asked, now));
    for (const row of rows) holders[row.at as number]?.push(row.node as string);
    return holders;
  }
}

function* settle(sql: SqlDialect, node: string): Steps<void> {
  yield* sql.endConnections(node);
  yield* sql.dropNode(node);
}

/**
 * What a batch comes to. After a device's last move to online its state is known, whatever was stored; ends before any
 * such move are left to the database, which knows the connection.
 */
function folded(moves: readonly PresenceMove[]): { puts: unknown[][]; ends: unknown[][] } {
  const puts = new Map<string, PresenceMove>();
  const ends = new Map<string, PresenceMove>();
  for (const move of moves) {
    const device = `${move.tenant} ${move.user} ${move.device}`;
    const known = puts.get(device);
    if (move.online || known?.connection === move.connection) puts.set(device, move);
    else if (!known) ends.set(`${device} ${move.connection}`, move);
  }
  const rows = (some: Map<string, PresenceMove>) => inLockOrder([...some.values()].map(fieldsOf), 4);
  return { puts: rows(puts), ends: rows(ends) };
}

function fieldsOf(move: PresenceMove): unknown[] {
  const { tenant, user, device, connection, node, transport, online, at, onlineUntil } = move;
  return [tenant, user, device, connection, node, transport, at, onlineUntil ?? (online ? ENDLESS : null)];
}

function toPresence(row: Row, now: number): DevicePresence {
  const until = (row.online_until as number | null) ?? 0;
  const alive = ((row.until as number | null) ?? 0) > now;
  const online = alive && until > now;
  const at = row.at as number;
  const lastHeard = until === ENDLESS ? Math.max(at, (row.renewed_at as number | null) ?? 0) : at;
  return {
    device: row.device as string,
    online,
    node: row.node as string,
    transport: row.transport as string,
    lastSeenAt: online ? now : lastHeard,
  };
}
