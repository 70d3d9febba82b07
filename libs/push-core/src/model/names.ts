import { idSchema, topicSchema } from './schemas.js';
import { createValidator } from './validate.js';

/** Checks of ids that arrive as arguments; each throws a PushError that names its field. */
export const names = Object.freeze({
  tenant: createValidator<string>(idSchema, 'tenant'),
  user: createValidator<string>(idSchema, 'user'),
  device: createValidator<string>(idSchema, 'device'),
  topic: createValidator<string>(topicSchema, 'topic'),
});
