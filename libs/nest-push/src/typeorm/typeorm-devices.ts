import type { Device, DeviceRef, DeviceStore, ProviderToken } from 'push-core';
import type { Row } from './sqlite-connection.js';
import type { StoreAccess } from './store-access.js';

export class TypeOrmDevices implements DeviceStore {
  constructor(private readonly access: StoreAccess) {}

  async put(device: Device): Promise<Device> {
    const { connection } = await this.access.opened();
    const parameters = [
      device.tenant,
      device.user,
      device.device,
      device.platform,
      JSON.stringify(device.tokens),
      device.locale ?? null,
      device.timeZone ?? null,
      device.appVersion ?? null,
      device.registeredAt,
      device.updatedAt,
    ];
    const [row] = await connection.write((run) => run(this.access.sql.putDevice, parameters));
    return { ...device, registeredAt: row?.registered_at as number };
  }

  async list(tenant: string, user: string): Promise<readonly Device[]> {
    const { connection } = await this.access.opened();
    return (await connection.query(this.access.sql.devices, [tenant, user])).map(toDevice);
  }

  async remove({ tenant, user, device }: DeviceRef): Promise<boolean> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    return connection.write((run) => {
      const key = [tenant, user, device];
      run(sql.dropCursors, key);
      run(sql.dropFollows, key);
      run(sql.dropPresence, key);
      return run(sql.removeDevice, key).length > 0;
    });
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function toDevice(row: Row): Device {
  const device: Mutable<Device> = {
    tenant: row.tenant as string,
    user: row.user as string,
    device: row.device as string,
    platform: row.platform as string,
    tokens: JSON.parse(row.tokens as string) as ProviderToken[],
    registeredAt: row.registered_at as number,
    updatedAt: row.updated_at as number,
  };
  if (row.locale !== null) device.locale = row.locale as string;
  if (row.time_zone !== null) device.timeZone = row.time_zone as string;
  if (row.app_version !== null) device.appVersion = row.app_version as string;
  return device;
}
