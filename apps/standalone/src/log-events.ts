import type { DeviceRef, Push } from 'push-core';
import type { LogNames } from './log-people.js';
import type { Logger } from './log.js';

/** What happens to devices, at level `debug`: who came and went, and which notifications failed. Never what they were sent. Returns what ends it. */
export function logEvents(push: Pick<Push, 'on'>, log: Logger, names: LogNames): () => void {
  if (!log.isLevelEnabled('debug')) return () => undefined;
  const who = ({ tenant, user, device }: DeviceRef) => ({
    tenant,
    user: names.user(tenant, user),
    device: names.device(tenant, user, device),
  });
  const forget = [
    push.on('connected', (event) => {
      const { connection, transport } = event;
      log.debug({ ...who(event), connection, transport }, 'a device has connected');
    }),
    push.on('disconnected', (event) => {
      const { connection, code, reason } = event;
      log.debug({ ...who(event), connection, closeCode: code, reason }, 'a device has left');
    }),
    push.on('failed', (event) => {
      const { id, provider, state, reason } = event;
      log.debug({ ...who(event), messageId: id, provider, state, reason }, 'a notification failed');
    }),
  ];
  return () => forget.forEach((one) => one());
}
