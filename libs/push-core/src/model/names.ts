import { idSchema, topicSchema } from './schemas.js';
import { createValidator } from './validate.js';
import type { DeviceRef } from './device.js';

/** Checks of ids that arrive as arguments; each throws a PushError that names its field. */
export const names = Object.freeze({
  tenant: createValidator<string>(idSchema, 'tenant'),
  user: createValidator<string>(idSchema, 'user'),
  device: createValidator<string>(idSchema, 'device'),
  topic: createValidator<string>(topicSchema, 'topic'),
});

/** Each checked, and nothing else beside them. */
export const namesOfDevice = ({ tenant, user, device }: DeviceRef): DeviceRef => ({
  tenant: names.tenant(tenant),
  user: names.user(user),
  device: names.device(device),
});

/** The same, where the device may be left out. */
export const namesOfReader = ({ tenant, user, device }: Omit<DeviceRef, 'device'> & { readonly device?: string }) => ({
  tenant: names.tenant(tenant),
  user: names.user(user),
  device: device === undefined ? undefined : names.device(device),
});
