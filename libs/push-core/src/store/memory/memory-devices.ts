import { deviceKey, type Device, type DeviceRef, type UserRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { DeviceStore, TokenRef } from '../device-store.js';
import { byCodePoint, firstAfter } from './code-point-order.js';
import { dropCursors } from './memory-cursors.js';
import { entryOf, type MemoryData } from './memory-data.js';
import { datedTokens, disownTokens, listUser, ownTokens, takeOff } from './memory-tokens.js';

export class MemoryDevices implements DeviceStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async put(device: Device): Promise<{ device: Device; movedFrom: readonly DeviceRef[] }> {
    this.check();
    const { tenant, user } = device;
    const devices = entryOf(this.data.devices, streamKey(tenant, user), () => new Map<string, Device>());
    const known = devices.get(device.device);
    const { registeredAt } = known ?? device;
    const stored = { ...device, registeredAt, tokens: datedTokens(device, known) };
    if (known) disownTokens(this.data, known);
    devices.set(device.device, stored);
    const movedFrom = ownTokens(this.data, stored);
    listUser(this.data, tenant, user);
    return { device: stored, movedFrom };
  }

  async list(tenant: string, user: string): Promise<readonly Device[]> {
    this.check();
    return this.ofUser({ tenant, user });
  }

  async of(users: readonly UserRef[]): Promise<readonly (readonly Device[])[]> {
    this.check();
    return users.map((user) => this.ofUser(user));
  }

  async users(tenant: string, after: string, limit: number): Promise<readonly string[]> {
    this.check();
    const users = this.data.tokenUsers.get(tenant);
    if (!users) return [];
    users.sorted ??= [...users.all].sort(byCodePoint);
    const from = firstAfter(users.sorted, (user) => byCodePoint(user, after));
    return users.sorted.slice(from, from + limit);
  }

  async dropTokens(tokens: readonly (TokenRef & { readonly before: number })[]): Promise<readonly boolean[]> {
    this.check();
    return tokens.map((ref) => takeOff(this.data, ref, ({ registeredAt = 0 }) => registeredAt <= ref.before));
  }

  async remove(device: DeviceRef): Promise<boolean> {
    this.check();
    const { tenant, user } = device;
    dropCursors(this.data, device);
    this.data.follows.delete(deviceKey(device));
    this.data.presence.get(streamKey(tenant, user))?.delete(device.device);
    const devices = this.data.devices.get(streamKey(tenant, user));
    const known = devices?.get(device.device);
    if (!known) return false;
    disownTokens(this.data, known);
    devices?.delete(device.device);
    listUser(this.data, tenant, user);
    return true;
  }

  private ofUser({ tenant, user }: UserRef): Device[] {
    const devices = [...(this.data.devices.get(streamKey(tenant, user))?.values() ?? [])];
    return devices.sort((a, b) => byCodePoint(a.device, b.device));
  }
}
