import type { UserPresence } from '../push.js';
import type { DevicePresence } from '../store/presence-store.js';

export function userPresence(user: string, devices: readonly DevicePresence[]): UserPresence {
  const online = devices.some((one) => one.online);
  const lastSeenAt = devices.length > 0 ? Math.max(...devices.map((one) => one.lastSeenAt)) : undefined;
  // The node's name is kept with the life of the process that had it.
  return { user, online, lastSeenAt, devices: devices.map((one) => ({ ...one, node: one.node.split(' ')[0] ?? '' })) };
}
