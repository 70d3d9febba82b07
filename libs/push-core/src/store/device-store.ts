import type { Device, DeviceRef } from '../model/device.js';

/** The registry of devices. */
export interface DeviceStore {
  /** Creates or replaces; `registeredAt` of an existing device is kept. Resolves with what is stored. */
  put(device: Device): Promise<Device>;
  /** By device id, ascending. */
  list(tenant: string, user: string): Promise<readonly Device[]>;
  /** Removes the device, its cursors and its follows. False when there was none. */
  remove(device: DeviceRef): Promise<boolean>;
}
