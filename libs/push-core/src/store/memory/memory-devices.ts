import { deviceKey, type Device, type DeviceRef } from '../../model/device.js';
import { streamKey } from '../../model/stream.js';
import type { DeviceStore } from '../device-store.js';
import { byCodePoint } from './code-point-order.js';
import { dropCursors } from './memory-cursors.js';
import { entryOf, type MemoryData } from './memory-data.js';

export class MemoryDevices implements DeviceStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async put(device: Device): Promise<Device> {
    this.check();
    const devices = entryOf(this.data.devices, streamKey(device.tenant, device.user), () => new Map<string, Device>());
    const known = devices.get(device.device);
    const stored = known ? { ...device, registeredAt: known.registeredAt } : { ...device };
    devices.set(device.device, stored);
    return stored;
  }

  async list(tenant: string, user: string): Promise<readonly Device[]> {
    this.check();
    const devices = [...(this.data.devices.get(streamKey(tenant, user))?.values() ?? [])];
    return devices.sort((a, b) => byCodePoint(a.device, b.device));
  }

  async remove(device: DeviceRef): Promise<boolean> {
    this.check();
    dropCursors(this.data, device);
    this.data.follows.delete(deviceKey(device));
    this.data.presence.get(streamKey(device.tenant, device.user))?.delete(device.device);
    return this.data.devices.get(streamKey(device.tenant, device.user))?.delete(device.device) ?? false;
  }
}
