import { tokenDigest, type Device, type DeviceRef, type DeviceStore, type ProviderToken } from 'push-core';
import type { TokenRef, UserRef } from 'push-core';
import { putDeviceSteps } from './device-steps.js';
import { inLockOrder } from './lock-order.js';
import { rounds } from './rounds.js';
import type { Row } from './sql-connection.js';
import type { DeviceKey, Pair, SqlDialect } from './sql-dialect.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

export class TypeOrmDevices implements DeviceStore {
  constructor(private readonly access: StoreAccess) {}

  async put(device: Device): Promise<{ readonly device: Device; readonly movedFrom: readonly DeviceRef[] }> {
    const { connection } = await this.access.opened();
    return connection.write(() => putDeviceSteps(this.access.sql, device));
  }

  async list(tenant: string, user: string): Promise<readonly Device[]> {
    const [devices = []] = await this.of([{ tenant, user }]);
    return devices;
  }

  async of(users: readonly UserRef[]): Promise<readonly (readonly Device[])[]> {
    const { connection } = await this.access.opened();
    if (users.length === 0) return [];
    return connection.read(() => deviceSteps(this.access.sql, users));
  }

  async users(tenant: string, after: string, limit: number): Promise<readonly string[]> {
    const { connection } = await this.access.opened();
    if (limit <= 0) return [];
    const rows = await connection.query(() => this.access.sql.tokenUsers(tenant, after, limit));
    return rows.map(({ user }) => user as string);
  }

  async dropTokens(tokens: readonly (TokenRef & { readonly before: number })[]): Promise<readonly boolean[]> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    if (tokens.length === 0) return [];
    const rows = tokens.map(({ tenant, user, device, token, before }) => {
      return [tenant, tokenDigest(token), user, device, before];
    });
    const batches = rounds(rows, ([tenant, digest]) => `${tenant as string} ${digest as string}`);
    const sorted = batches.map((batch) => inLockOrder(batch, 2));
    const dropped = new Set<readonly unknown[]>();
    await connection.write(function* (): Steps<void> {
      dropped.clear();
      for (const batch of sorted)
        for (const { at } of yield* sql.dropTokens(batch)) dropped.add(batch[at as number] as readonly unknown[]);
    });
    return rows.map((row) => dropped.has(row));
  }

  async remove({ tenant, user, device }: DeviceRef): Promise<boolean> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    const key: DeviceKey = [tenant, user, device];
    return connection.write(function* (): Steps<boolean> {
      yield* sql.dropOtherTokens(key, []);
      yield* sql.dropCursors(key);
      yield* sql.dropFollows(key);
      yield* sql.dropPresence(key);
      return (yield* sql.removeDevice(key)).length > 0;
    });
  }
}

/** What a device says of its tokens counts as far as they are its own. */
function* deviceSteps(sql: SqlDialect, users: readonly UserRef[]): Steps<readonly (readonly Device[])[]> {
  const pairs = users.map(({ tenant, user }): Pair => [tenant, user]);
  const rows = yield* sql.devices(pairs);
  const devices = users.map((): Device[] => []);
  if (rows.length === 0) return devices;
  const owned = new Map<string, number>();
  for (const { at, device, digest, registered_at } of yield* sql.tokens(pairs))
    owned.set(`${at as number} ${device as string} ${digest as string}`, registered_at as number);
  for (const row of rows) {
    const told = toDevice(row);
    const tokens = told.tokens.flatMap((token) => {
      const registeredAt = owned.get(`${row.at as number} ${told.device} ${tokenDigest(token)}`);
      return registeredAt === undefined ? [] : [{ ...token, registeredAt }];
    });
    devices[row.at as number]?.push({ ...told, tokens });
  }
  return devices;
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
