import { PushError } from '../errors.js';
import { createValidator } from '../model/validate.js';
import { preferencesSchema } from './policy-schemas.js';
import type { Preferences } from './preferences.js';
import { canonicalZone } from './time-zone.js';

const validate = createValidator<Preferences>(preferencesSchema, 'preferences');

/** A user's preferences from outside; throws a PushError that names the field. The zone gets the name it is known by. */
export function preferences(input: unknown): Preferences {
  const valid = validate(input);
  const { quietHours } = valid;
  if (quietHours?.timeZone === undefined) return valid;
  const timeZone = canonicalZone(quietHours.timeZone);
  if (timeZone !== undefined) return { ...valid, quietHours: { ...quietHours, timeZone } };
  throw new PushError(
    'INVALID',
    '"quietHours.timeZone" is no time zone this server knows; give an IANA name, for example Asia/Shanghai',
    { field: 'quietHours.timeZone' },
  );
}
