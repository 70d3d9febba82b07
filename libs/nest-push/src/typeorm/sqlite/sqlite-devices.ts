import type { Device, DeviceRef, DeviceRegistration, DeviceStore } from 'push-core';
import type { Row } from '../sql.js';
import type { Tables } from '../tables.js';
import type { SqliteConnection } from './connection.js';

const COLUMNS = 'tenant, user, device, registration, registered_at, updated_at';

export class SqliteDevices implements DeviceStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly t: Tables,
  ) {}

  put(device: Device): Promise<Device> {
    const { tenant, user, device: id, registeredAt, updatedAt, ...registration } = device;
    return this.connection.write(async (sql) => {
      const [row] = await sql.all(
        `INSERT INTO ${this.t.device} (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, user, device) DO UPDATE SET registration = excluded.registration, updated_at = excluded.updated_at
         RETURNING ${COLUMNS}`,
        [tenant, user, id, JSON.stringify(registration), registeredAt, updatedAt],
      );
      return toDevice(row as Row);
    });
  }

  list(tenant: string, user: string): Promise<readonly Device[]> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT ${COLUMNS} FROM ${this.t.device} WHERE tenant = ? AND user = ? ORDER BY device`,
        [tenant, user],
      );
      return rows.map(toDevice);
    });
  }

  remove({ tenant, user, device }: DeviceRef): Promise<boolean> {
    return this.connection.write(async (sql) => {
      const key = [tenant, user, device];
      const removed = await sql.all(
        `DELETE FROM ${this.t.device} WHERE tenant = ? AND user = ? AND device = ? RETURNING device`,
        key,
      );
      for (const table of [this.t.cursor, this.t.follow]) {
        await sql.all(`DELETE FROM ${table} WHERE tenant = ? AND user = ? AND device = ?`, key);
      }
      return removed.length > 0;
    });
  }
}

function toDevice(row: Row): Device {
  return {
    tenant: String(row.tenant),
    user: String(row.user),
    device: String(row.device),
    ...(JSON.parse(String(row.registration)) as DeviceRegistration),
    registeredAt: Number(row.registered_at),
    updatedAt: Number(row.updated_at),
  };
}
